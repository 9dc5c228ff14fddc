import { addressBits } from '../../net/address.ts';
import type { SubnetFacts } from './subnet-facts.ts';

/** Says how many blocks a node with some attachments needs: so many that an eighth, at least one address, is free. */
export function blocksWanted(subnet: SubnetFacts, attachments: number): number {
  const usable = usableOf(subnet);
  return Math.ceil((attachments + spareOf(usable)) / usable);
}

/** Says how many attachments one block is enough for. */
export function oneBlockHolds(subnet: SubnetFacts): number {
  const usable = usableOf(subnet);
  return Math.floor(usable - spareOf(usable));
}

// The gateway and the edges of a subnet are in one block or the other.
const perhapsExcluded = 3;

function usableOf({ range, blockLength }: SubnetFacts): number {
  return Math.max(1, 2 ** (addressBits(range.family) - blockLength) - perhapsExcluded);
}

function spareOf(usable: number): number {
  return Math.max(1, usable / 8);
}
