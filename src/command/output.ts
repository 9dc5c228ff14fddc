/** What a command returns: nothing, an output now or later, or a stream of outputs. */
export type CommandResult = Result | Promise<Result>;

export type Result = Output | AsyncIterable<Output> | undefined;

export type Output = Table | Details | Lines | Bytes;

export type Json = string | number | bigint | boolean | null | undefined | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: Json;
}

/** The value of one field: shown as text in a table and as it is in JSON; undefined shows nothing. */
export type Cell = string | number | bigint | boolean | null | undefined | readonly Cell[];

export interface Table {
  readonly kind: 'table';
  readonly columns: readonly string[];
  readonly rows: Iterable<Row> | AsyncIterable<Row>;
}

export interface Row {
  readonly cells: readonly Cell[];
  readonly json: () => JsonObject;
}

/** One object: lines of `key: value` as text. */
export interface Details {
  readonly kind: 'details';
  readonly value: JsonObject;
}

/** Lines of text, and what stands for them in JSON. */
export interface Lines {
  readonly kind: 'lines';
  readonly lines: readonly string[];
  readonly json: Json;
}

/** Bytes for standard output as they are, in either mode. */
export interface Bytes {
  readonly kind: 'bytes';
  readonly bytes: Uint8Array;
}

/** Shows items under columns; in JSON an array of objects whose keys are the lower-cased column names. */
export function table<T>(options: {
  readonly items: Iterable<T> | AsyncIterable<T>;
  readonly columns: Readonly<Record<string, (item: T) => Cell>>;
  /** Gives the JSON object of an item where it has more or other keys than the table has columns. */
  readonly json?: (item: T) => JsonObject;
}): Table {
  const columns = Object.keys(options.columns);
  const cellsOf = (item: T) => Object.values(options.columns).map((cell) => cell(item));
  const rowOf = (item: T): Row => {
    const cells = cellsOf(item);
    return { cells, json: () => options.json?.(item) ?? columnsJson(columns, cells) };
  };
  return { kind: 'table', columns, rows: mapLazily(options.items, rowOf) };
}

/** Shows one object. */
export function details(value: JsonObject): Details {
  return { kind: 'details', value };
}

/** Shows lines of text; in JSON they are an array of strings unless something better is given. */
export function lines(text: readonly string[], json: Json = text): Lines {
  return { kind: 'lines', lines: text, json };
}

/** Writes bytes to standard output, for instance a capture file. */
export function bytes(chunk: Uint8Array): Bytes {
  return { kind: 'bytes', bytes: chunk };
}

/** Gives the JSON key of a column: `PKTS/BATCH` becomes `pkts_batch`. */
export function columnKey(column: string): string {
  return column.toLowerCase().replace(/[^a-z0-9]+/g, '_');
}

function columnsJson(columns: readonly string[], cells: readonly Cell[]): JsonObject {
  return Object.fromEntries(columns.map((column, index) => [columnKey(column), cells[index]]));
}

function mapLazily<T, U>(
  items: Iterable<T> | AsyncIterable<T>,
  map: (item: T) => U,
): Iterable<U> | AsyncIterable<U> {
  return Symbol.asyncIterator in items ? mapAsync(items, map) : mapSync(items, map);
}

function* mapSync<T, U>(items: Iterable<T>, map: (item: T) => U): Generator<U> {
  for (const item of items) yield map(item);
}

async function* mapAsync<T, U>(items: AsyncIterable<T>, map: (item: T) => U): AsyncGenerator<U> {
  for await (const item of items) yield map(item);
}
