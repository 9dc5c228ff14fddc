/** What of a JSON Schema we read ourselves, to say what was expected and to write documents. */
export interface SchemaNode {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly SchemaNode[];
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly patternProperties?: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[] | undefined;
  readonly items?: SchemaNode;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly examples?: readonly unknown[];
  readonly minItems?: number;
  readonly uniqueItems?: boolean;
  readonly additionalProperties?: unknown;
}

/** Says in words what a schema takes: "auto or a number from 1280 to 9216". */
export function describeSchema(schema: SchemaNode): string {
  if (schema.anyOf !== undefined) return schema.anyOf.map(describeSchema).join(' or ');
  if (schema.const !== undefined) return String(schema.const);
  if (schema.enum !== undefined) return schema.enum.map(String).join(' or ');
  if (schema.type === 'integer' || schema.type === 'number') return describeNumber(schema);
  if (schema.type === 'string') return describeString(schema);
  if (schema.type === 'array') return describeList(schema);
  if (schema.type === 'boolean') return 'true or false';
  return schema.patternProperties === undefined ? 'fields' : 'names with values';
}

function describeNumber({ minimum, maximum }: SchemaNode): string {
  if (minimum === undefined) return 'a number';
  return maximum === undefined ? `a number from ${minimum}` : `a number from ${minimum} to ${maximum}`;
}

function describeString({ pattern, maxLength, minLength, examples }: SchemaNode): string {
  if (examples !== undefined) return `a text such as ${examples.join(' or ')}`;
  const most = maxLength === undefined ? '' : ` of at most ${maxLength} characters`;
  if (pattern !== undefined) return `a text${most} like ${pattern}`;
  return minLength === undefined ? `a text${most}` : `a text that is not empty`;
}

function describeList({ items, minItems, uniqueItems }: SchemaNode): string {
  const each = items === undefined ? '' : ` of ${describeSchema(items)}`;
  const least = minItems === undefined ? '' : `, at least ${minItems}`;
  return `a list${each}${least}${uniqueItems === true ? ', none twice' : ''}`;
}

/** Finds the schema of the field that a JSON pointer leads to. */
export function schemaAt(schema: SchemaNode, pointer: string): SchemaNode {
  let at = schema;
  for (const step of stepsOf(pointer)) {
    const next = at.properties?.[step] ?? at.items ?? Object.values(at.patternProperties ?? {})[0];
    if (next === undefined) return at;
    at = next;
  }
  return at;
}

/** Finds the value that a JSON pointer leads to. */
export function valueAt(value: unknown, pointer: string): unknown {
  let at = value;
  for (const step of stepsOf(pointer)) at = isRecord(at) ? at[step] : undefined;
  return at;
}

/** Writes a JSON pointer as people write paths: spec.ports[0].name */
export function pathText(pointer: string): string {
  return stepsOf(pointer).reduce((path, step) => {
    if (/^\d+$/.test(step)) return `${path}[${step}]`;
    return path === '' ? step : `${path}.${step}`;
  }, '');
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function stepsOf(pointer: string): readonly string[] {
  const steps = pointer.split('/').slice(1);
  return steps.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}
