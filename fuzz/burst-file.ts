import {
  type Burst,
  blankInput,
  bridgeFaults,
  entries,
  INPUT_BYTES,
  type Input,
  offloads,
  type Setting,
} from './input.ts';

/** Writes a burst as text that a person can read and change. */
export function formatBurst({ setting, inputs }: Burst): string {
  const packets = inputs.map(({ bytes, view: _, length, ...shape }) => ({
    ...shape,
    bytes: Buffer.from(bytes.subarray(0, length)).toString('hex'),
  }));
  return `${JSON.stringify({ setting, packets }, undefined, 2)}\n`;
}

/** Reads what `formatBurst` has written. @throws Error that says which field is wrong, and what was expected */
export function parseBurst(text: string): Burst {
  const file = fieldsOf(JSON.parse(text), 'the file');
  const packets = file.packets;
  if (!Array.isArray(packets)) throw wrong('packets', 'an array', packets);
  return { setting: parseSetting(file.setting), inputs: packets.map(parseInput) };
}

function parseSetting(value: unknown): Setting {
  const fields = fieldsOf(value, 'setting');
  return {
    slow: oneOf(fields, 'slow', ['measured', 'traced'] as const),
    vector: numberIn(fields, 'vector', 64),
    poison: numberIn(fields, 'poison', 255),
    host: fields.host === true,
    suppress: fields.suppress === true || undefined,
    bridge: fields.bridge === undefined ? undefined : oneOf(fields, 'bridge', bridgeFaults),
    turns: fields.turns === true || undefined,
    sessions: optionalNumber(fields, 'sessions'),
    rate: optionalNumber(fields, 'rate'),
    errors: optionalNumber(fields, 'errors'),
    buffers: optionalNumber(fields, 'buffers'),
    events: optionalNumber(fields, 'events'),
    transmit: optionalNumber(fields, 'transmit'),
  };
}

function parseInput(value: unknown): Input {
  const fields = fieldsOf(value, 'a packet');
  const hex = fields.bytes;
  if (typeof hex !== 'string' || hex.length > 2 * INPUT_BYTES || !/^([0-9a-f]{2})*$/.test(hex)) {
    throw wrong('bytes', `at most ${INPUT_BYTES} bytes as hexadecimal digits`, hex);
  }
  const blank = blankInput();
  blank.bytes.set(Buffer.from(hex, 'hex'));
  return {
    ...blank,
    length: hex.length / 2,
    entry: oneOf(fields, 'entry', entries),
    port: numberIn(fields, 'port', 31),
    offload: oneOf(fields, 'offload', offloads),
    stripped: fields.stripped === true || undefined,
    hash: fields.hash === undefined ? undefined : numberIn(fields, 'hash', 0xffffffff),
    firstSegment: numberIn(fields, 'firstSegment', INPUT_BYTES),
    otherSegments: numberIn(fields, 'otherSegments', INPUT_BYTES),
    headroom: numberIn(fields, 'headroom', INPUT_BYTES),
    tailroom: numberIn(fields, 'tailroom', INPUT_BYTES),
  };
}

function fieldsOf(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) throw wrong(what, 'an object', value);
  return { ...value };
}

function oneOf<T extends string>(
  fields: Readonly<Record<string, unknown>>,
  name: string,
  known: readonly T[],
): T {
  const found = known.find((each) => each === fields[name]);
  if (found === undefined) throw wrong(name, `one of ${known.join(', ')}`, fields[name]);
  return found;
}

function numberIn(fields: Readonly<Record<string, unknown>>, name: string, most: number): number {
  const value = fields[name];
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most) return value;
  throw wrong(name, `a whole number from 0 to ${most}`, value);
}

function optionalNumber(fields: Readonly<Record<string, unknown>>, name: string): number | undefined {
  return fields[name] === undefined ? undefined : numberIn(fields, name, 4096);
}

function wrong(what: string, expected: string, got: unknown): Error {
  return new Error(`expected ${what} to be ${expected}, got ${JSON.stringify(got)}, reading a burst`);
}
