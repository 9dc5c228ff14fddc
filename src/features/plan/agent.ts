import { readFileSync } from 'node:fs';
import { Compile } from 'typebox/compile';
import { ValueError } from '../../net/value-error.ts';
import { type NodePlan, nodePlanSchema } from './plan.ts';

export type { NodePlan };

const schema = Compile(nodePlanSchema);

/** Reads the plan of a node from a file of JSON. @throws ValueError, Error where the file cannot be read */
export function readPlan(file: string): NodePlan {
  const value = readJson(file);
  if (schema.Check(value)) return value;
  const [first] = schema.Errors(value);
  const received = `at ${first?.instancePath || 'the top'} what ${first?.message}`;
  throw new ValueError({ expected: `the plan of a node in ${file}`, received });
}

function readJson(file: string): unknown {
  const text = readFileSync(file, 'utf8');
  try {
    return JSON.parse(text);
  } catch (error) {
    const received = error instanceof Error ? error.message : String(error);
    throw new ValueError({ expected: `the plan of a node in ${file}, as JSON`, received });
  }
}
