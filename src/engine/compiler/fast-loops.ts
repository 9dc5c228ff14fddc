import type { FastWay } from './fast-names.ts';
import type { Stage } from './stages.ts';

/** What all loops call. */
export const markers = `
// What remembered.ts looks for: where it is known what is expected.
function expectFast(): void {}
// What packet-locals.ts looks for: where a packet's way begins, and where it ends or leaves for another.
function beginFast(packet: Packet, slot: usize): void {}
function endFast(packet: Packet): void {}
function leaveFast(packet: Packet): void {}

/** The node for which the packet at hand has left. */
let leaving: u32 = 0;

/** Lets a packet leave for a node: out of the loop, in which nothing is called. @inline */
function leaveFor(node: u32, packet: Packet): u32 {
  leaving = node;
  leaveFast(packet);
  return node;
}

/** Notes how far the burst has come: where a packet leaves, packet-locals.ts calls it. */
function stopAt(slot: usize): void {
  worker.burstIndex = <u32>(slot - slotOf(0)) >> 2;
}

/** Lets the packet that has left wait for its stage. */
function letGo(): void {
  arrive(leaving, packetAt(worker.burstIndex));
  worker.burstIndex++;
}

/** Where a packet of the burst at work stands. @inline */
function slotOf(index: u32): usize {
  return changetype<usize>(worker) + WORKER_BURST + (index << 2);
}

/** @inline */
function packetAt(index: u32): Packet {
  return changetype<Packet>(<usize>load<u32>(slotOf(index)));
}
`;

export interface LoopText {
  readonly suffix: string;
  /** Done before the first packet. */
  readonly before: string;
  /** Takes a packet to where it ends or leaves. */
  readonly first: string;
  readonly after: string;
}

/**
 * Writes the loop over a burst, and one round it that goes on behind a packet that has left: so the inner one calls
 * nothing, and all that stays the same lies in registers there.
 */
export function generateLoop({ suffix, before, first, after }: LoopText): string {
  return `
/** Takes a burst from one packet on along the common paths; those that leave them wait for their stage. */
export function passFast${suffix}(begin: u32, packets: u32): void {
${before}
  worker.burstIndex = begin;
  while (worker.burstIndex < packets) {
    const from = worker.burstIndex;
    passSome${suffix}(from, packets);
    gatherStretch(changetype<Transmit>(0), from, worker.burstIndex);
    if (worker.burstIndex < packets) letGo();
  }
${after}
}

/** Takes packets along until one leaves. @inline */
function passSome${suffix}(begin: u32, packets: u32): void {
  const end = slotOf(packets);
  for (let slot = slotOf(begin); slot < end; slot += 4) passOne${suffix}(changetype<Packet>(<usize>load<u32>(slot)), slot);
  stopAt(end);
}

/** Takes a packet along; who is not gathered with the others comes to the end. @inline */
function passOne${suffix}(packet: Packet, slot: usize): void {
  passAlong${suffix}(packet, slot);
  setApart(slot);
}

/** @inline */
function passAlong${suffix}(packet: Packet, slot: usize): void {
  beginFast(packet, slot);
  ${first};
}
`;
}

/** Writes who takes what waits for a stage along the common paths that begin there. */
export function generatePassFrom(ways: readonly FastWay[], idOf: (stage: Stage) => number): string {
  const ids = ways.map((way) => `stage == ${idOf(way.first)}`);
  return `
/** Tells whether common paths begin with a stage, beside the one that receives. */
export function beginsPath(stage: u32): bool {
  return ${ids.join(' || ') || 'false'};
}

/** Takes packets along the common paths that begin with a stage; those that leave them wait, perhaps for the same stage. */
export function passFrom(stage: u32, packets: u32): void {
${ways.map((way, i) => `  if (${ids[i]}) passFast${way.suffix}(0, packets);`).join('\n')}
}
`;
}
