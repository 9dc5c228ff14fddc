import type { Static, TSchema } from 'typebox';
import type { TLocalizedValidationError } from 'typebox/error';
import { Default, Errors } from 'typebox/value';
import { quoted } from '../net/value-error.ts';
import type { Immutable } from './object.ts';
import { describeSchema, pathText, type SchemaNode, schemaAt, valueAt } from './schema-node.ts';

/** A valid object with its defaults, or all that is wrong with it. */
export type Validated<Value> =
  | { readonly value: Value; readonly problems?: undefined }
  | { readonly value?: undefined; readonly problems: readonly string[] };

/** Fills in a schema's defaults and checks the result; what was given stays as it is. */
export function validate<Schema extends TSchema>(
  schema: Schema,
  given: unknown,
): Validated<Immutable<Static<Schema>>> {
  const value: unknown = Default(schema, structuredClone(given));
  const errors = Errors(schema, value);
  if (errors.length === 0) return { value: value as Immutable<Static<Schema>> };
  return { problems: explain(schema, value, errors) };
}

/** One sentence for each place that is wrong: an error inside of another's alternatives is part of it. */
function explain(
  schema: SchemaNode,
  value: unknown,
  errors: readonly TLocalizedValidationError[],
): readonly string[] {
  const sentences = errors
    .filter((error) => error.keyword !== 'boolean')
    .flatMap((error) => sentencesOf(error, schema, value));
  return [...new Set(sentences)];
}

function sentencesOf(
  error: TLocalizedValidationError,
  schema: SchemaNode,
  value: unknown,
): readonly string[] {
  const { instancePath } = error;
  const here = schemaAt(schema, instancePath);
  if (error.keyword === 'additionalProperties') {
    const known = Object.keys(here.properties ?? {}).join(', ');
    return error.params.additionalProperties.map((name) =>
      sentence(`${instancePath}/${name}`, `one of ${known}`, 'an unknown field'),
    );
  }
  if (error.keyword === 'required') {
    return error.params.requiredProperties.map((name) => {
      const expected = describeSchema(here.properties?.[name] ?? {});
      return sentence(`${instancePath}/${name}`, expected, 'nothing');
    });
  }
  return [sentence(instancePath, describeSchema(here), shown(valueAt(value, instancePath)))];
}

function sentence(pointer: string, expected: string, received: string): string {
  const path = pathText(pointer);
  return `${path === '' ? '' : `${path}: `}expected ${expected}, got ${received}`;
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  return typeof value === 'string' ? quoted(value) : quoted(JSON.stringify(value)).slice(1, -1);
}
