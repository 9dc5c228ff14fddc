import { addressBits } from '../../net/address.ts';
import type { AddressRange } from './address-range.ts';
import type { SubnetFacts } from './subnet-facts.ts';

/** The node of each block of a subnet, by the block's first address. */
export type BlockOwners = ReadonlyMap<bigint, string>;

/** Turns the blocks of nodes into the nodes of blocks. */
export function blockOwners(blocks: ReadonlyMap<string, readonly AddressRange[]>): BlockOwners {
  return new Map([...blocks].flatMap(([node, ranges]) => ranges.map(({ first }) => [first, node] as const)));
}

/** Gives the node whose block an address of the subnet lies in. */
export function ownerOf(
  owners: BlockOwners,
  { range, blockLength }: SubnetFacts,
  address: bigint,
): string | undefined {
  const hostBits = BigInt(addressBits(range.family) - blockLength);
  return owners.get((address >> hostBits) << hostBits);
}
