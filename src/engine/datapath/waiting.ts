import { MAX_STAGES, WORKER_WAITING } from '../layout';
import { worker } from './instance';
import { Packet } from './packet';

/** The packets that wait for one stage: a list linked through the packets themselves, so it is never full. */
@unmanaged
export class Waiting {
  head: u32;
  tail: u32;
  count: u32;
  spare: u32;
}

const NO_STAGE: u32 = 0xffffffff;

/** Bits of the stages with waiting packets: MAX_STAGES of them, right behind the lists. @inline */
function bitsOf(stage: u32): usize {
  return changetype<usize>(worker) + WORKER_WAITING + (MAX_STAGES << 4) + ((stage >> 6) << 3);
}

/** The list of a stage. */
export function waitingFor(stage: u32): Waiting {
  return changetype<Waiting>(changetype<usize>(worker) + WORKER_WAITING + (stage << 4));
}

/** Lets a packet wait for a stage. */
export function wait(stage: u32, packet: Packet): void {
  const queue = waitingFor(stage);
  const at = <u32>changetype<usize>(packet);
  packet.link = 0;
  if (queue.tail) changetype<Packet>(<usize>queue.tail).link = at;
  else queue.head = at;
  queue.tail = at;
  queue.count++;
  waitOn(stage);
}

/** Marks that packets wait for a stage. */
export function waitOn(stage: u32): void {
  const bits = bitsOf(stage);
  store<u64>(bits, load<u64>(bits) | ((1 as u64) << (stage & 63)));
}

/** Takes the first of `queue`; the caller knows that there is one. */
export function takeFirst(queue: Waiting): Packet {
  const packet = changetype<Packet>(<usize>queue.head);
  queue.head = packet.link;
  if (!queue.head) queue.tail = 0;
  queue.count--;
  return packet;
}

/** The lowest stage that packets wait for, its bit cleared; NO_STAGE when there is none. */
export function nextWaitingStage(): u32 {
  for (let stage: u32 = 0; stage < MAX_STAGES; stage += 64) {
    const bits = bitsOf(stage);
    const word = load<u64>(bits);
    if (!word) continue;
    store<u64>(bits, word & (word - 1));
    return stage + <u32>ctz(word);
  }
  return NO_STAGE;
}

/** Tells whether `stage` is a stage and not the end of the search. */
export function isStage(stage: u32): bool {
  return stage != NO_STAGE;
}
