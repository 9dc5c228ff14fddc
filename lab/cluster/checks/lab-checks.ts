import type { Check } from '../../demo/story.ts';
import type { Lab, LabCheck } from './check.ts';
import { importChecks } from './imports.ts';
import { isolationChecks } from './isolation.ts';
import { outsideChecks } from './outside.ts';
import { reachChecks } from './reach.ts';
import { sizeChecks } from './sizes.ts';

/** Looks whether all is so in a lab that is to be so, one after the other, and tells of each. */
export async function checkLab(lab: Lab, tell: (check: Check) => void): Promise<readonly Check[]> {
  const checks = [];
  for (const each of allChecks(lab)) {
    const check = await resultOf(each);
    tell(check);
    checks.push(check);
  }
  return checks;
}

function allChecks(lab: Lab): readonly LabCheck[] {
  return [reachChecks, isolationChecks, importChecks, outsideChecks, sizeChecks].flatMap((checks) =>
    checks(lab),
  );
}

async function resultOf({ name, look }: LabCheck): Promise<Check> {
  try {
    return { name, passed: true, result: await look() };
  } catch (error) {
    return { name, passed: false, result: error instanceof Error ? error.message : String(error) };
  }
}
