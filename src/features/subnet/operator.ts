// What the operator takes from this feature.
export { assignBlocks, type SubnetBlocks } from './assign-blocks.ts';
export { type BlockOwners, blockOwners, ownerOf } from './block-owners.ts';
export { blocksWanted, oneBlockHolds } from './blocks-wanted.ts';
export { type NetworkSubnets, networkSubnets } from './network-subnets.ts';
export { clashOf, subnetFacts } from './subnet-facts.ts';
