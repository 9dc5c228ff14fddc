import type { Details, Json, JsonObject, Output, Result, Table } from './output.ts';
import { TextTable } from './text-table.ts';

/** Takes text or bytes and says when there is room for more. */
export type Write = (chunk: string | Uint8Array) => Promise<void>;

/** Tells results that go on until they end or are stopped from those that are there at once. */
export function isStream(result: Result): result is AsyncIterable<Output> {
  return result !== undefined && Symbol.asyncIterator in result;
}

/** Writes a result as text, or as JSON: one value, or one value a line for a stream. */
export async function render(result: Result, isJson: boolean, write: Write): Promise<void> {
  if (result === undefined) return;
  if (!isStream(result)) return isJson ? renderJson(result, write) : renderText(result, write);
  for await (const output of result) {
    await (isJson ? renderJsonLines(output, write) : renderText(output, write));
  }
}

/** Writes a value as JSON text; integers beyond 2^53 become strings, as in the JSON of protobuf. */
export function jsonText(value: Json): string {
  return JSON.stringify(value, (_, item: unknown) => (typeof item === 'bigint' ? jsonInteger(item) : item));
}

const rowsPerBatch = 512;

async function renderText(output: Output, write: Write): Promise<void> {
  if (output.kind === 'bytes') return write(output.bytes);
  if (output.kind === 'details') return write(detailsText(output));
  if (output.kind === 'lines') return write(output.lines.map((line) => `${line}\n`).join(''));
  const text = new TextTable(output.columns);
  for await (const rows of batches(output.rows)) await write(text.format(rows));
}

async function renderJson(output: Output, write: Write): Promise<void> {
  if (output.kind === 'table') return renderJsonTable(output, write);
  return renderJsonLines(output, write);
}

async function renderJsonTable(table: Table, write: Write): Promise<void> {
  let separator = '[';
  for await (const rows of batches(table.rows)) {
    if (rows.length === 0) continue;
    await write(separator + rows.map((row) => jsonText(row.json())).join(','));
    separator = ',';
  }
  await write(separator === '[' ? '[]\n' : ']\n');
}

async function renderJsonLines(output: Output, write: Write): Promise<void> {
  if (output.kind === 'bytes') return write(output.bytes);
  if (output.kind !== 'table') {
    return write(`${jsonText(output.kind === 'details' ? output.value : output.json)}\n`);
  }
  for await (const row of output.rows) await write(`${jsonText(row.json())}\n`);
}

/** Groups items; there is always at least one group, so that an empty table has its line of names. */
async function* batches<T>(items: Iterable<T> | AsyncIterable<T>): AsyncGenerator<readonly T[]> {
  let batch: T[] = [];
  let isFirst = true;
  for await (const item of items) {
    batch.push(item);
    if (batch.length < rowsPerBatch) continue;
    yield batch;
    isFirst = false;
    batch = [];
  }
  if (isFirst || batch.length > 0) yield batch;
}

function detailsText(output: Details): string {
  return objectLines(output.value, '').join('');
}

function objectLines(value: JsonObject, indent: string): readonly string[] {
  return Object.entries(value).flatMap(([key, item]) => fieldLines(key, item, indent));
}

function fieldLines(key: string, value: Json, indent: string): readonly string[] {
  if (value === undefined || value === null) return [];
  if (isList(value) && value.some(isObject)) {
    return [`${indent}${key}:\n`, ...value.flatMap((item) => itemLines(item, `${indent}  `))];
  }
  if (isList(value)) return [`${indent}${key}: ${value.map(plainText).join(' ')}\n`];
  if (isObject(value)) return [`${indent}${key}:\n`, ...objectLines(value, `${indent}  `)];
  return [`${indent}${key}: ${plainText(value)}\n`];
}

function itemLines(item: Json, indent: string): readonly string[] {
  if (!isObject(item)) return [`${indent}- ${plainText(item)}\n`];
  const fields = Object.entries(item).map(([key, value]) => `${key} ${plainText(value)}`);
  return [`${indent}- ${fields.join(', ')}\n`];
}

function plainText(value: Json): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return isObject(value) || isList(value) ? jsonText(value) : String(value ?? '');
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function jsonInteger(value: bigint): number | string {
  return BigInt.asIntN(54, value) === value ? Number(value) : String(value);
}
