import { formatIpv4, parseIpv4 } from './ipv4.ts';
import { quoted, ValueError } from './value-error.ts';

/** An IPv6 address: an immutable value of 128 bits. */
export interface Ipv6Address {
  readonly family: 'ipv6';
  readonly value: bigint;
}

const groupCount = 8;

/** Parses the texts of RFC 4291 section 2.2 (no zone); throws a ValueError. */
export function parseIpv6(text: string): Ipv6Address {
  const halves = withoutEmbeddedIpv4(text).split('::');
  if (halves.length > 2) throw notIpv6(text, 'it has more than one "::"');
  const [head = '', tail] = halves;
  const before = parseGroups(head, text);
  const after = tail === undefined ? [] : parseGroups(tail, text);
  const missing = groupCount - before.length - after.length;
  if (tail === undefined && missing !== 0) throw notIpv6(text, `it has ${before.length} groups, not 8`);
  if (tail !== undefined && missing < 1) throw notIpv6(text, '"::" stands for no group');
  return { family: 'ipv6', value: joinGroups([...before, ...Array<number>(missing).fill(0), ...after]) };
}

/** Writes the canonical text of RFC 5952; IPv4-mapped addresses end in dotted decimal (section 5). */
export function formatIpv6(address: Ipv6Address): string {
  if (address.value >> 32n === 0xffffn) {
    return `::ffff:${formatIpv4({ family: 'ipv4', value: address.value & 0xffffffffn })}`;
  }
  const groups = splitGroups(address.value);
  const run = longestZeroRun(groups);
  if (run.length < 2) return hexadecimal(groups);
  return `${hexadecimal(groups.slice(0, run.start))}::${hexadecimal(groups.slice(run.start + run.length))}`;
}

function withoutEmbeddedIpv4(text: string): string {
  const cut = text.lastIndexOf(':') + 1;
  const last = text.slice(cut);
  if (cut === 0 || !last.includes('.')) return text;
  const { value } = parseIpv4(last);
  return `${text.slice(0, cut)}${(value >> 16n).toString(16)}:${(value & 0xffffn).toString(16)}`;
}

function parseGroups(text: string, whole: string): readonly number[] {
  if (text === '') return [];
  return text.split(':').map((group) => {
    if (/^[0-9a-fA-F]{1,4}$/.test(group)) return Number.parseInt(group, 16);
    throw notIpv6(
      whole,
      group === '' ? 'it has a lone ":"' : `${quoted(group)} is not 1 to 4 hexadecimal digits`,
    );
  });
}

function joinGroups(groups: readonly number[]): bigint {
  return groups.reduce((value, group) => (value << 16n) | BigInt(group), 0n);
}

function splitGroups(value: bigint): readonly number[] {
  return Array.from({ length: groupCount }, (_, index) =>
    Number((value >> BigInt(16 * (groupCount - 1 - index))) & 0xffffn),
  );
}

function hexadecimal(groups: readonly number[]): string {
  return groups.map((group) => group.toString(16)).join(':');
}

interface Run {
  readonly start: number;
  readonly length: number;
}

/** RFC 5952 section 4.2.3: the longest run of zeros is shortened, the first one of equals. */
function longestZeroRun(groups: readonly number[]): Run {
  let best: Run = { start: 0, length: 0 };
  let start = 0;
  for (let index = 0; index <= groups.length; index++) {
    if (groups[index] === 0) continue;
    if (index - start > best.length) best = { start, length: index - start };
    start = index + 1;
  }
  return best;
}

function notIpv6(text: string, because: string): ValueError {
  return new ValueError({ expected: 'an IPv6 address such as 2001:db8::1', received: quoted(text), because });
}
