import { type Input, ipOffsetOf } from '../input.ts';

/** A whole number below a limit, from the series of the seed. */
export type Random = (limit: number) => number;

/** Version of an input's IP header, if it has one. */
export function versionOf(input: Input): number {
  return (input.bytes[ipOffsetOf(input)] ?? 0) >> 4;
}
