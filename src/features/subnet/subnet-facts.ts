import { keyOf } from '../../kube/object.ts';
import { addressBits, formatAddress, parseAddress } from '../../net/address.ts';
import {
  type AddressRange,
  isWithin,
  overlap,
  parseAddressOrRange,
  parseRange,
  rangeAt,
} from './address-range.ts';
import type { Subnet } from './subnet.ts';

/** What a Subnet says, read. */
export interface SubnetFacts {
  readonly key: string;
  readonly network: string;
  readonly object: Subnet;
  readonly range: AddressRange;
  readonly gateway: string;
  readonly blockLength: number;
  readonly blockCount: number;
  /** What no container gets: the gateway, the first and, of IPv4, the last address, and what was excluded. */
  readonly excluded: readonly AddressRange[];
}

const usualBlockLength = { ipv4: 26, ipv6: 122 } as const;
const mostBlocks = 2 ** 24;

/** Reads a subnet. @throws Error with what cannot be */
export function subnetFacts(object: Subnet): SubnetFacts {
  const { spec, metadata } = object;
  const range = parseRange(spec.prefix);
  const gateway = gatewayOf(spec.gateway, range);
  const blockLength = blockLengthOf(spec.blockLength, range);
  return {
    key: keyOf(object),
    network: `${metadata.namespace}/${spec.network}`,
    object,
    range,
    gateway,
    blockLength,
    blockCount: Math.min(2 ** (blockLength - range.length), mostBlocks),
    excluded: [...edgesOf(range), parseAddressOrRange(gateway), ...spec.excluded.map(parseAddressOrRange)],
  };
}

function gatewayOf(text: string | undefined, range: AddressRange): string {
  if (range.last - range.first < 3n)
    throw new Error(`expected a prefix with at least 4 addresses, got ${range.text}`);
  if (text === undefined) return formatAddress({ family: range.family, value: range.first + 1n });
  const gateway = parseAddress(text);
  if (isWithin(range, gateway)) return formatAddress(gateway);
  throw new Error(`expected a gateway in ${range.text}, got ${text}`);
}

function blockLengthOf(wanted: number | undefined, range: AddressRange): number {
  const bits = addressBits(range.family);
  if (wanted === undefined) return Math.max(range.length, usualBlockLength[range.family]);
  if (wanted >= range.length && wanted <= bits) return wanted;
  throw new Error(`expected a blockLength of ${range.length} to ${bits} in ${range.text}, got ${wanted}`);
}

/** The subnet-router anycast address (RFC 4291 clause 2.6.1), or IPv4's network and broadcast addresses. */
function edgesOf({ family, first, last }: AddressRange): readonly AddressRange[] {
  const bits = addressBits(family);
  const edges = [rangeAt(family, first, bits)];
  return family === 'ipv4' ? [...edges, rangeAt(family, last, bits)] : edges;
}

/** Says which of two subnets' addresses are the same, if any are. */
export function clashOf(one: readonly SubnetFacts[], other: readonly SubnetFacts[]): string | undefined {
  for (const mine of one) {
    const theirs = other.find(({ range }) => overlap(mine.range, range));
    if (theirs !== undefined)
      return `expected addresses that differ, got ${mine.range.text} of ${mine.key} and ${theirs.range.text} of ${theirs.key}`;
  }
  return undefined;
}
