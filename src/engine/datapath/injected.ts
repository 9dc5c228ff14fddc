import { CONTROL_MODE, INJECT_RECEIVED, INJECT_SLOTS, MODE_TRACE_LOCAL, WORKER_INJECTED } from '../layout';
import { arrive } from './graph';
import { worker } from './instance';
import { Packet } from './packet';
import { startTrace } from './trace';

@unmanaged
class Ring {
  written: u32;
  read: u32;
}

/** Tells whether the control thread has sent packets that were not taken yet. */
export function hasInjected(): bool {
  const ring = changetype<Ring>(changetype<usize>(worker) + WORKER_INJECTED);
  return atomic.load<u32>(changetype<usize>(ring)) != ring.read;
}

/** Takes the packets that the control thread has sent, each to the stage it named; returns how many. */
export function takeInjected(): u32 {
  const ring = changetype<Ring>(changetype<usize>(worker) + WORKER_INJECTED);
  const written = atomic.load<u32>(changetype<usize>(ring));
  const read = ring.read;
  if (written == read) return 0;
  for (let i = read; i != written; i++) {
    const slot = changetype<usize>(ring) + 64 + ((i & (INJECT_SLOTS - 1)) << 3);
    const packet = changetype<Packet>(<usize>load<u32>(slot));
    const node = load<u32>(slot, 4);
    if (!packet.trace && !(node & INJECT_RECEIVED) && load<u32>(CONTROL_MODE) & MODE_TRACE_LOCAL)
      startTrace(packet);
    arrive(node & ~INJECT_RECEIVED, packet);
  }
  atomic.store<u32>(changetype<usize>(ring) + offsetof<Ring>('read'), written);
  return written - read;
}
