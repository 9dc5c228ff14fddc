import type { Check } from '../../demo/story.ts';
import type { Lab, LabCheck } from './check.ts';
import { isolationChecks } from './isolation.ts';
import { reachChecks } from './reach.ts';
import { sizeChecks } from './sizes.ts';

/** Looks whether all is so in a lab that is to be so, one after the other, and tells of each. */
export async function checkLab(lab: Lab, tell: (check: Check) => void): Promise<readonly Check[]> {
  const checks = [];
  for (const each of [...reachChecks(lab), ...isolationChecks(lab), ...sizeChecks(lab)]) {
    const check = await resultOf(each);
    tell(check);
    checks.push(check);
  }
  return checks;
}

async function resultOf({ name, look }: LabCheck): Promise<Check> {
  try {
    return { name, passed: true, result: await look() };
  } catch (error) {
    return { name, passed: false, result: error instanceof Error ? error.message : String(error) };
  }
}
