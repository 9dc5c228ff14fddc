import { parseAllDocuments } from 'yaml';
import type { NodePlan } from '../src/features/plan/index.ts';
import { collectObjects } from '../src/programs/operator/collect-objects.ts';
import { compile } from '../src/programs/operator/compile.ts';
import { readObject } from '../src/programs/operator/read-object.ts';
import { LabError } from './lab-error.ts';

/** Turns objects, written as YAML, into the plans of their nodes, as the operator does. @throws LabError */
export function compiledPlans(yaml: string): ReadonlyMap<string, NodePlan> {
  const values = [...parseAllDocuments(yaml)].map((document): unknown => document.toJS());
  const objects = values.filter(Boolean).map((value) => {
    const read = readObject(value);
    if (read.value !== undefined) return read.value;
    throw new LabError('LAB_OBJECTS', `${read.problems.join('; ')} in ${JSON.stringify(value)}`);
  });
  const { plans, failures } = compile(collectObjects(objects));
  if (failures.size === 0) return plans;
  throw new LabError('LAB_OBJECTS', JSON.stringify([...failures]));
}
