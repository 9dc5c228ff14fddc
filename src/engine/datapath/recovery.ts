import { FRESH_MAX, MAX_PORTS, MAX_STAGES, WORKER_BURST, WORKER_FREES, WORKER_FRESH } from '../layout';
import { flushReleased, release } from './buffers';
import { announceEvents } from './events';
import { worker } from './instance';
import { Packet } from './packet';
import { flushTransmit, packetsOf, transmitOf } from './transmit';
import { isStage, nextWaitingStage, takeFirst, waitingFor } from './waiting';

// After a trap nobody knows how far the stage at work had come. So what it had in its hands is given back to the pool
// only when it is found nowhere else: not in a queue, not gathered for a port, not released already.

/** Gives up the packets of the broken burst, and only those, and sends what was ready; returns how many were given up. */
export function dropBurst(): u32 {
  let dropped: u32 = 0;
  if (worker.current) dropped += dropInHand();
  for (let i = worker.burstIndex; i < worker.burstCount; i++) dropped += dropOfBurst(i);
  worker.burstCount = 0;
  while (isStage(nextWaitingStage())) {} // nothing waits any more
  for (let stage: u32 = 0; stage < MAX_STAGES; stage++) {
    const queue = waitingFor(stage);
    while (queue.head) dropped += give(takeFirst(queue));
  }
  flushTransmit();
  flushReleased();
  announceEvents();
  return dropped;
}

/** Gives up a packet of the burst; none stands any more where one has been set apart (transmit.ts). */
function dropOfBurst(index: u32): u32 {
  const packet = load<u32>(changetype<usize>(worker) + WORKER_BURST + (index << 2));
  return packet ? dropUnfinished(changetype<Packet>(<usize>packet)) : 0;
}

/** Gives up the packet in the stage's hands, and the buffers that the stage has taken for others. */
function dropInHand(): u32 {
  const current = changetype<Packet>(<usize>worker.current);
  worker.current = 0;
  const dropped = dropUnfinished(current);
  const count = min<u32>(worker.freshCount, FRESH_MAX);
  worker.freshCount = 0;
  for (let i: u32 = 0; i < count; i++) {
    const fresh = changetype<Packet>(<usize>load<u32>(changetype<usize>(worker) + WORKER_FRESH + (i << 2)));
    if (!isChained(fresh, count)) dropUnfinished(fresh);
  }
  return dropped;
}

/** Gives a packet up unless it has found its way already; returns how many were given up. */
function dropUnfinished(packet: Packet): u32 {
  return isWaiting(packet) || isGathered(packet) || isReleased(packet) ? 0 : give(packet);
}

function give(packet: Packet): u32 {
  release(packet);
  return 1;
}

function isWaiting(packet: Packet): bool {
  for (let stage: u32 = 0; stage < MAX_STAGES; stage++) {
    for (let at = waitingFor(stage).head; at; at = changetype<Packet>(<usize>at).link) {
      if (holds(at, packet)) return true;
    }
  }
  return false;
}

function isGathered(packet: Packet): bool {
  for (let port: u32 = 0; port < MAX_PORTS; port++) {
    const gathered = transmitOf(port);
    if (isAmong(packetsOf(gathered), gathered.count, packet)) return true;
  }
  return false;
}

function isReleased(packet: Packet): bool {
  return isAmong(changetype<usize>(worker) + WORKER_FREES, worker.freeCount, packet);
}

/** Tells whether a buffer is a further segment of another one that the stage has taken. */
function isChained(packet: Packet, count: u32): bool {
  for (let i: u32 = 0; i < count; i++) {
    const at = load<u32>(changetype<usize>(worker) + WORKER_FRESH + (i << 2));
    if (at != <u32>changetype<usize>(packet) && holds(at, packet)) return true;
  }
  return false;
}

function isAmong(array: usize, count: u32, packet: Packet): bool {
  for (let i: u32 = 0; i < count; i++) if (holds(load<u32>(array + (i << 2)), packet)) return true;
  return false;
}

/** Tells whether a packet is the one at `at`, or one of its segments. */
function holds(at: u32, packet: Packet): bool {
  let segment: Packet | null = changetype<Packet>(<usize>at);
  for (let i: u32 = 0; i < MOST_SEGMENTS && segment !== null; i++) {
    if (segment == packet) return true;
    segment = segment.nextSegment;
  }
  return false;
}

/** A broken chain may be a ring. */
const MOST_SEGMENTS: u32 = 256;
