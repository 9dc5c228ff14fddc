import { layersOfInput } from '../check/layers.ts';
import { type Input, ipOffsetOf } from '../input.ts';

/** A whole number below a limit, from the series of the seed. */
export type Random = (limit: number) => number;

/** Where one of an input's IP headers lies: mostly the only one. */
export function ipPlaceOf(input: Input, random: Random): number {
  const first = ipOffsetOf(input);
  if (!mayNest(input, first)) return first;
  const places = layersOfInput(input).filter(({ kind }) => kind === 'ip4' || kind === 'ip6');
  return places[random(places.length || 1)]?.at ?? first;
}

/** Whether an IP header may lie elsewhere than in front: behind tags, or in a tunnel. */
function mayNest({ bytes, view, length }: Input, first: number): boolean {
  if (length < first + 20) return false;
  if (first > 0 && view.getUint16(12) !== 0x0800 && view.getUint16(12) !== 0x86dd) return true;
  const protocol = bytes[first + ((bytes[first] ?? 0) >> 4 === 6 ? 6 : 9)] ?? 0;
  return nesting.includes(protocol);
}

/** Protocols behind which another IP header may lie: options, IPv4, UDP, IPv6, routing, GRE, options. */
const nesting = [0, 4, 17, 41, 43, 47, 60];

/** Version of the IP header at a place, if one is there. */
export function versionAt({ bytes }: Input, ip: number): number {
  return (bytes[ip] ?? 0) >> 4;
}

/** One of some values. @throws Error when there are none */
export function oneOf<T>(values: readonly T[], random: Random): T {
  const value = values[random(values.length)];
  if (value === undefined) throw new Error('there is nothing to choose from');
  return value;
}

/** Moves what lies at a place and behind it; false where the packet ends before it or would be too long. */
export function makeRoom(input: Input, at: number, bytes: number): boolean {
  if (input.length < at || input.length + bytes > input.bytes.length) return false;
  input.bytes.copyWithin(at + bytes, at, input.length);
  input.length += bytes;
  return true;
}
