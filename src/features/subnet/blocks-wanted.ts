import { addressBits } from '../../net/address.ts';
import type { SubnetFacts } from './subnet-facts.ts';

// The gateway and the edges of a subnet are in one block or the other.
const perhapsExcluded = 3;

/** Says how many blocks a node with some attachments needs: so many that an eighth, at least one address, is free. */
export function blocksWanted({ range, blockLength }: SubnetFacts, attachments: number): number {
  const usable = Math.max(1, 2 ** (addressBits(range.family) - blockLength) - perhapsExcluded);
  return Math.ceil((attachments + Math.max(1, usable / 8)) / usable);
}
