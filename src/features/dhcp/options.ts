import { joinBytes } from '../../net/frame/build.ts';

/** Where options lie in a message. */
export interface OptionFields {
  readonly options: Uint8Array;
  /** Fields that have options too where an option says so (RFC 2132 9.3). */
  readonly file: Uint8Array;
  readonly serverName: Uint8Array;
}

/** Reads all options of a message; one that comes in parts is joined (RFC 3396). Undefined when one ends behind its field. */
export function readOptions({
  options,
  file,
  serverName,
}: OptionFields): ReadonlyMap<number, Uint8Array> | undefined {
  const found = new Map<number, Uint8Array>();
  if (!readField(options, found)) return undefined;
  const overload = found.get(OVERLOAD)?.[0] ?? 0;
  if (overload & 1 && !readField(file, found)) return undefined;
  if (overload & 2 && !readField(serverName, found)) return undefined;
  return found;
}

const PAD = 0;
const OVERLOAD = 52;
const END = 255;

function readField(field: Uint8Array, found: Map<number, Uint8Array>): boolean {
  for (let at = 0; at < field.length; ) {
    const code = field[at++] ?? END;
    if (code === END) return true;
    if (code === PAD) continue;
    const length = field[at++];
    if (length === undefined || at + length > field.length) return false;
    const before = found.get(code) ?? new Uint8Array(0);
    found.set(code, joinBytes(before, field.subarray(at, at + length)));
    at += length;
  }
  return true;
}
