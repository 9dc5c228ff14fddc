import { type Problem, problem } from '../../kube/object.ts';
import { addressBits } from '../../net/address.ts';
import { placeByName } from '../network/index.ts';
import { type AddressRange, parseRange, rangeAt } from './address-range.ts';
import type { SubnetFacts } from './subnet-facts.ts';

/** The blocks of a subnet, by node. */
export interface SubnetBlocks {
  readonly blocks: ReadonlyMap<string, readonly AddressRange[]>;
  readonly problems: readonly Problem[];
}

/**
 * Gives each node blocks of a subnet, in order: those its status records, and as many as it needs besides.
 * `wanted` says how many a node needs.
 */
export function assignBlocks(subnet: SubnetFacts, wanted: ReadonlyMap<string, number>): SubnetBlocks {
  const recorded = readRecord(subnet);
  const slots = slotsOf(subnet, wanted);
  const places = placeByName({
    names: slots.keys(),
    recorded: (slot) => recorded.places.get(slot),
    isTaken: () => false,
    places: subnet.blockCount,
  });
  const blocks = new Map<string, AddressRange[]>();
  const block = blocksOf(subnet);
  for (const [slot, node] of slots) {
    const place = places.get(slot);
    if (place === undefined) continue;
    const others = blocks.get(node);
    if (others === undefined) blocks.set(node, [block(place)]);
    else others.push(block(place));
  }
  return {
    blocks,
    problems: [...recorded.problems, ...shortage(subnet, slots.size, wanted, blocks)],
  };
}

/** The name of each block that is wanted, with the node that it is for; nearly all nodes want one. */
function slotsOf(subnet: SubnetFacts, wanted: ReadonlyMap<string, number>): ReadonlyMap<string, string> {
  const slots = new Map<string, string>();
  for (const [node, atLeast] of wanted) {
    const count = Math.max(atLeast, recordedCount(subnet, node));
    for (let index = 0; index < count; index++) slots.set(slotName(node, index), node);
  }
  return slots;
}

function slotName(node: string, index: number): string {
  return index === 0 ? node : `${node}#${index}`;
}

function recordedCount({ object }: SubnetFacts, node: string): number {
  return object.status?.blocks?.[node]?.length ?? 0;
}

/** The places that a subnet's status records, and what in it is no block: that counts as not recorded. */
function readRecord(subnet: SubnetFacts): {
  places: ReadonlyMap<string, number>;
  problems: readonly Problem[];
} {
  const places = new Map<string, number>();
  const problems: Problem[] = [];
  for (const [node, blocks] of Object.entries(subnet.object.status?.blocks ?? {})) {
    blocks.forEach((text, index) => {
      const block = readBlock(text);
      if (block === undefined)
        problems.push(
          problem(subnet.object, `status: expected a block of ${node}, got "${text}": chosen anew`),
        );
      const place = block && placeOf(subnet, block);
      if (place !== undefined) places.set(slotName(node, index), place);
    });
  }
  return { places, problems };
}

function readBlock(text: string): AddressRange | undefined {
  try {
    return parseRange(text);
  } catch {
    return undefined;
  }
}

/** A record of another prefix or block length says nothing any more. */
function placeOf(subnet: SubnetFacts, block: AddressRange): number | undefined {
  const { range, blockLength } = subnet;
  if (block.family !== range.family || block.length !== blockLength) return undefined;
  if (block.first < range.first || block.last > range.last) return undefined;
  return Number((block.first - range.first) >> shiftOf(subnet));
}

const blocksOfSubnets = new WeakMap<SubnetFacts, Map<number, AddressRange>>();

/** Tells the block at a place: the same object each time, so that who has it again has not changed. */
function blocksOf(subnet: SubnetFacts): (place: number) => AddressRange {
  const known = blocksOfSubnets.get(subnet) ?? new Map<number, AddressRange>();
  blocksOfSubnets.set(subnet, known);
  return (place) => {
    const found = known.get(place);
    if (found !== undefined) return found;
    const block = makeBlock(subnet, place);
    known.set(place, block);
    return block;
  };
}

function makeBlock(subnet: SubnetFacts, place: number): AddressRange {
  const first = subnet.range.first + (BigInt(place) << shiftOf(subnet));
  return rangeAt(subnet.range.family, first, subnet.blockLength);
}

function shiftOf({ range, blockLength }: SubnetFacts): bigint {
  return BigInt(addressBits(range.family) - blockLength);
}

function shortage(
  subnet: SubnetFacts,
  needed: number,
  wanted: ReadonlyMap<string, number>,
  blocks: ReadonlyMap<string, readonly AddressRange[]>,
): readonly Problem[] {
  if (needed <= subnet.blockCount) return [];
  const without = [...wanted.keys()].filter((node) => !blocks.has(node));
  const who =
    without.length === 0
      ? ''
      : `: none for ${without.slice(0, 3).join(', ')}${without.length > 3 ? ' …' : ''}`;
  return [
    problem(
      subnet.object,
      `expected at most ${subnet.blockCount} blocks of /${subnet.blockLength} in ${subnet.range.text}, ${needed} are needed${who}`,
    ),
  ];
}
