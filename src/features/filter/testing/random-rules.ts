import { addressBits, type Family, type IpAddress } from '../../../net/address.ts';
import { networkOf, type Prefix } from '../../../net/prefix.ts';
import { type Asked, PROTOCOL_TCP, PROTOCOL_UDP, type Range, type Rule } from '../rule.ts';

/**
 * Rules as an operator's lists have them: what leads to servers says a long prefix, a protocol and a port; some say where
 * it comes from, some ranges of ports, few nothing but one of these.
 */
export function randomRules(family: Family, count: number, seed: number): readonly Rule[] {
  const random = randomOf(seed);
  return Array.from({ length: count }, (_, i) => ({
    index: i + 1,
    action: random() < 0.5 ? ('permit' as const) : ('deny' as const),
    name: '',
    fragment: false,
    ...matchOf(family, random),
  }));
}

function matchOf(family: Family, random: () => number) {
  const protocol = random() < 0.6 ? PROTOCOL_TCP : PROTOCOL_UDP;
  const says = (share: number) => random() < share;
  const isWide = says(0.01);
  return {
    protocol,
    ...(isWide && says(0.5) ? {} : { destination: randomPrefix(family, random) }),
    ...(says(0.5) && !isWide ? { source: randomPrefix(family, random) } : {}),
    ...(says(0.7) ? { destinationPort: randomPorts(random) } : {}),
    ...(says(0.1) ? { sourcePort: randomPorts(random) } : {}),
    established: protocol === PROTOCOL_TCP && says(0.05),
  };
}

/** A packet that some rule is likely to be about. */
export function randomAsked(family: Family, rules: readonly Rule[], seed: number): Asked {
  const random = randomOf(seed + 1000003);
  const rule = rules[Math.floor(random() * rules.length)];
  const within = (range: Range | undefined) => {
    const { first, last } = range ?? { first: 0, last: 65535 };
    return first + Math.floor(random() * (last - first + 1));
  };
  return {
    source: randomWithin(rule?.source ?? anywhere(family), random),
    destination: randomWithin(rule?.destination ?? anywhere(family), random),
    protocol: rule?.protocol ?? PROTOCOL_UDP,
    sourcePort: within(rule?.sourcePort),
    destinationPort: within(rule?.destinationPort),
    tcpFlags: random() < 0.5 ? 0x10 : 0x02,
    dscp: 0,
    fragment: false,
  };
}

function randomPorts(random: () => number): Range {
  const kind = random();
  if (kind < 0.7) {
    const port = [22, 53, 80, 123, 443, 3306, 5432, 8080][Math.floor(random() * 8)] ?? 80;
    return { first: port, last: port };
  }
  if (kind < 0.85) return { first: 1024, last: 65535 };
  const first = Math.floor(random() * 60000);
  return { first, last: first + Math.floor(random() * 1000) };
}

/** Prefixes of a few large networks, long ones mostly. */
function randomPrefix(family: Family, random: () => number): Prefix {
  const isLong = random() < 0.95;
  const network = BigInt(Math.floor(random() * 8));
  if (family === 'ipv4') {
    const length = isLong ? 20 + Math.floor(random() * 13) : 8 + Math.floor(random() * 12);
    const value = ((10n + network) << 24n) | BigInt(Math.floor(random() * 0x1000000));
    return networkOf({ address: { family, value }, length });
  }
  const length = isLong ? 48 + 8 * Math.floor(random() * 11) : 32 + Math.floor(random() * 16);
  const rest = BigInt(Math.floor(random() * 2 ** 48));
  const value = ((0x20010db8n + network) << 96n) | (rest << 48n) | BigInt(Math.floor(random() * 2 ** 47));
  return networkOf({ address: { family, value }, length });
}

function randomWithin({ address, length }: Prefix, random: () => number): IpAddress {
  const bits = BigInt(addressBits(address.family) - length);
  let value = 0n;
  for (let i = 0; i < 4; i++) value = (value << 32n) | BigInt(Math.floor(random() * 2 ** 32));
  return { family: address.family, value: address.value | (value & ((1n << bits) - 1n)) };
}

function anywhere(family: Family): Prefix {
  return { address: { family, value: 0n }, length: 0 };
}

/** Numbers from 0 to 1 that are the same each time (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
