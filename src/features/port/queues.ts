import type { PortQueue } from '../../engine/host/worker-areas.ts';

/** A worker and the receive queues that it polls. */
export interface Assignment {
  readonly worker: number;
  readonly queues: readonly PortQueue[];
}

/** Gives new queues to the workers that have the fewest; what is assigned already stays where it is. */
export function distribute(
  assigned: readonly Assignment[],
  fresh: readonly PortQueue[],
): readonly Assignment[] {
  return fresh.reduce((now, queue) => {
    const [least] = now.toSorted((a, b) => a.queues.length - b.queues.length || a.worker - b.worker);
    return now.map((each) => (each === least ? { ...each, queues: [...each.queues, queue] } : each));
  }, assigned);
}

/** Moves one queue to a worker. */
export function move(
  assigned: readonly Assignment[],
  queue: PortQueue,
  worker: number,
): readonly Assignment[] {
  return assigned.map((each) => {
    const others = each.queues.filter((kept) => !sameQueue(kept, queue));
    return { ...each, queues: each.worker === worker ? [...others, queue] : others };
  });
}

/** Takes all queues of a port away. */
export function withoutPort(assigned: readonly Assignment[], port: number): readonly Assignment[] {
  return assigned.map((each) => ({ ...each, queues: each.queues.filter((queue) => queue.port !== port) }));
}

/** The workers whose queues differ between two assignments. */
export function changed(before: readonly Assignment[], after: readonly Assignment[]): readonly Assignment[] {
  return after.filter(({ worker, queues }) => {
    const old = before.find((each) => each.worker === worker)?.queues ?? [];
    return old.length !== queues.length || queues.some((queue, i) => !old[i] || !sameQueue(old[i], queue));
  });
}

/** Tells whether two are the same receive queue. */
export function sameQueue(a: PortQueue, b: PortQueue): boolean {
  return a.port === b.port && a.queue === b.queue;
}
