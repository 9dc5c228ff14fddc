import { isRecord } from '../../kube/schema-node.ts';
import { type Validated, validate } from '../../kube/validate.ts';
import type { AnyObject } from './collect-objects.ts';
import { kinds } from './kinds.ts';

/** Checks what claims to be an object of one of our kinds, and fills in its defaults. */
export function readObject(given: unknown): Validated<AnyObject> {
  const kind = isRecord(given) ? given.kind : undefined;
  const known = kinds.find((each) => each.kind === kind);
  if (known !== undefined) return validate(known.schema, given);
  const expected = kinds.map((each) => each.kind).join(', ');
  return { problems: [`kind: expected one of ${expected}, got ${JSON.stringify(kind) ?? 'nothing'}`] };
}
