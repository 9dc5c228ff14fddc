import { readFileSync } from 'node:fs';
import { Compile } from 'typebox/compile';
import { ValueError } from '../../net/value-error.ts';
import { type NodePlan, nodePlanSchema } from './plan.ts';

export type { NodePlan };

const schema = Compile(nodePlanSchema);

/** Reads the plan of a node from a file of JSON. @throws ValueError, Error where the file cannot be read */
export function readPlan(file: string): NodePlan {
  const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (schema.Check(value)) return value;
  const [first] = schema.Errors(value);
  const received = `at ${first?.instancePath || 'the top'} what ${first?.message}`;
  throw new ValueError({ expected: `the plan of a node in ${file}`, received });
}
