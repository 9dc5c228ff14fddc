import type { TSchema } from 'typebox';
import { podRequestSchema } from '../../features/attachment/index.ts';
import { describeSchema, type SchemaNode, schemaAt } from '../../kube/schema-node.ts';
import { kinds } from './kinds.ts';

const head = `<!-- Written by \`npm run generate\` of the schemas in src/features. Do not edit. -->
# Objects
What a cluster's network is made of, as YAML: in a directory (\`millrace plan --objects DIR\`), later in the Kubernetes API. A field that is not here is refused. Examples that work are in [deploy/examples](../deploy/examples).

Every object has \`apiVersion\`, \`kind\`, \`metadata.name\` and, unless it is \`default\`, \`metadata.namespace\`. Status is ours to write: beside a directory's files, in \`.status/KIND/NAMESPACE/NAME.yaml\`.
`;

const podHead = `## What a pod asks for
A pod asks for networks in its annotation \`k8s.v1.cni.cncf.io/networks\`: as \`[NAMESPACE/]NAME[@INTERFACE],…\`, or as a JSON list of such fields:
`;

/** Writes docs/objects.md from the schemas. */
export function objectsDocument(): string {
  const sections = kinds.map(section);
  return `${[head, ...sections, `${podHead}\n${tableOf(podRequestSchema)}`].join('\n')}`;
}

function section({ kind, apiVersion, schema }: Kind): string {
  const fields = ['spec', 'status'].flatMap((name) => rowsOf(schemaAt(schema, `/${name}`), name));
  return `## ${kind}\n${descriptionOf(schema)} \`apiVersion: ${apiVersion}\`\n\n${table(fields)}`;
}

interface Kind {
  readonly kind: string;
  readonly apiVersion: string;
  readonly schema: TSchema;
}

function descriptionOf(schema: SchemaNode): string {
  return schema.description ?? '';
}

function tableOf(schema: SchemaNode): string {
  return table(rowsOf(schema, ''));
}

function table(rows: readonly string[]): string {
  return `| field | takes | default | meaning |\n|---|---|---|---|\n${rows.join('')}`;
}

/** One row for each field, those below it after it. */
function rowsOf(schema: SchemaNode, path: string): readonly string[] {
  const required = schema.required ?? [];
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const here = path === '' ? name : `${path}.${name}`;
    return [row(here, field, required.includes(name)), ...below(field, here)];
  });
}

function below(field: SchemaNode, path: string): readonly string[] {
  if (field.items?.properties !== undefined) return rowsOf(field.items, `${path}[]`);
  const value = Object.values(field.patternProperties ?? {})[0];
  if (value?.properties !== undefined) return rowsOf(value, `${path}.*`);
  return rowsOf(field, path);
}

function row(path: string, field: SchemaNode, isRequired: boolean): string {
  const without =
    field.default !== undefined ? `\`${JSON.stringify(field.default)}\`` : isRequired ? 'must be given' : '';
  const cells = [`\`${path}\``, describeSchema(field), without, field.description ?? ''];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`;
}
