import { addressBits, type Family, type IpAddress } from '../../../net/address.ts';
import type { Prefix } from '../../../net/prefix.ts';
import { KEY_ESTABLISHED, KEY_FRAGMENT } from '../layout.ts';
import { type Match, PROTOCOL_ICMP, PROTOCOL_ICMP6, PROTOCOL_TCP, type Range } from '../rule.ts';

/** Words of a key that trees can cut (datapath/key.ts): four of each address, ports, protocol, DSCP. */
export const KEY_WORDS = 12;
export const [DESTINATION, SOURCE, SOURCE_PORT, DESTINATION_PORT, PROTOCOL, DSCP] = [0, 4, 8, 9, 10, 11];

/** A rule as trees see it: the lowest and highest value of each word, and flags that are compared beside. */
export interface Box {
  readonly lowest: readonly number[];
  readonly highest: readonly number[];
  readonly flags: number;
  readonly flagsMask: number;
}

const WORD = 0xffffffff;
const ANY: Range = { first: 0, last: WORD };

/** The box of a rule among packets of a family; undefined where none of these can meet it. */
export function boxOf(match: Match, family: Family): Box | undefined {
  const ends = [match.destination, match.source];
  if (ends.some((prefix) => prefix && prefix.address.family !== family)) return undefined;
  const ranges = [
    ...ends.flatMap((prefix) => addressRanges(prefix)),
    match.icmpType === undefined ? (match.sourcePort ?? ANY) : only(match.icmpType),
    match.icmpCode === undefined ? (match.destinationPort ?? ANY) : only(match.icmpCode),
    only(protocolOf(match, family)),
    only(match.dscp),
  ];
  const { mask = 0, value = 0 } = match.tcpFlags ?? {};
  const bits = (match.established ? KEY_ESTABLISHED : 0) | (match.fragment ? KEY_FRAGMENT : 0);
  return {
    lowest: ranges.map(({ first }) => first),
    highest: ranges.map(({ last }) => last),
    flags: value | bits,
    flagsMask: mask | bits,
  };
}

/** The four words of an address as a key has them. */
export function addressWords({ family, value }: IpAddress): readonly number[] {
  const shifted = value << BigInt(128 - addressBits(family));
  return [96n, 64n, 32n, 0n].map((shift) => Number((shifted >> shift) & BigInt(WORD)));
}

/** ICMP is another protocol in each family; who says TCP's flags means TCP. */
function protocolOf(match: Match, family: Family): number | undefined {
  if (match.protocol !== undefined) return match.protocol;
  if (match.icmpType !== undefined) return family === 'ipv4' ? PROTOCOL_ICMP : PROTOCOL_ICMP6;
  return match.tcpFlags || match.established ? PROTOCOL_TCP : undefined;
}

function only(value: number | undefined): Range {
  return value === undefined ? ANY : { first: value, last: value };
}

function addressRanges(prefix: Prefix | undefined): readonly Range[] {
  if (!prefix) return [ANY, ANY, ANY, ANY];
  return addressWords(prefix.address).map((word, at) => {
    const bits = Math.min(Math.max(prefix.length - 32 * at, 0), 32);
    const beyond = bits === 0 ? WORD : 2 ** (32 - bits) - 1;
    const first = (word & ~beyond) >>> 0;
    return { first, last: first + beyond };
  });
}
