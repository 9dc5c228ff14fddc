import { ApiError } from '../../engine/api-error.ts';
import type { Router } from '../../engine/host/router.ts';
import type { PortQueue } from '../../engine/host/workers.ts';
import { type Assignment, changed, distribute, move, withoutPort } from './queues.ts';

/** Which worker polls which receive queue, kept true on the running workers. */
export class Polling {
  readonly #router: Router;
  #assigned: readonly Assignment[];

  constructor(router: Router) {
    this.#router = router;
    this.#assigned = router.workers.list.map(({ index }) => ({ worker: index, queues: [] }));
  }

  /** Queues by worker. */
  get assigned(): readonly Assignment[] {
    return this.#assigned;
  }

  /** Lets the least busy workers poll a port's queues, and every worker send by it. */
  async addPort(
    port: number,
    queues: { readonly receive: number; readonly transmit: number },
  ): Promise<void> {
    for (const [i, { index }] of this.#router.workers.list.entries()) {
      this.#router.workers.setTransmitQueue(index, port, i % queues.transmit);
    }
    await this.#apply(distribute(this.#assigned, portQueues(port, queues.receive)));
  }

  /** Keeps a port's queues from being polled; when it returns, no worker touches them. */
  async removePort(port: number): Promise<void> {
    await this.#apply(withoutPort(this.#assigned, port));
  }

  /** Moves a queue to the worker of a CPU. @throws ApiError EINVAL */
  async move(queue: PortQueue, cpu: number): Promise<void> {
    const worker = this.#router.workers.list.find((each) => each.cpu === cpu);
    if (!worker) {
      const cpus = this.#router.workers.list.map((each) => each.cpu).join(', ');
      throw new ApiError('EINVAL', {
        doing: 'move a receive queue',
        expected: `a datapath CPU (${cpus})`,
        received: String(cpu),
      });
    }
    await this.#apply(move(this.#assigned, queue, worker.index));
  }

  /** Changes the number of workers: on other CPUs, more, or fewer; queues of workers that go are taken by others. */
  async setCpus(cpus: readonly number[]): Promise<void> {
    const { workers } = this.#router;
    const kept = workers.list.slice(0, cpus.length);
    const gone = workers.list.slice(cpus.length);
    for (const [i, worker] of kept.entries()) {
      const cpu = cpus[i];
      if (cpu !== undefined && cpu !== worker.cpu) await workers.pin(worker.index, cpu);
    }
    for (const cpu of cpus.slice(kept.length)) {
      const { index } = await this.#router.addWorker(cpu);
      this.#assigned = [...this.#assigned, { worker: index, queues: [] }];
    }
    for (const { index } of gone) await this.#dismiss(index);
  }

  async #dismiss(index: number): Promise<void> {
    const orphans = this.#assigned.find(({ worker }) => worker === index)?.queues ?? [];
    await this.#router.workers.setQueues(index, []);
    await this.#router.removeWorker(index);
    this.#assigned = this.#assigned.filter(({ worker }) => worker !== index);
    await this.#apply(distribute(this.#assigned, orphans));
  }

  /** Takes queues away before anyone gets them, so that no queue is ever polled twice. */
  async #apply(wanted: readonly Assignment[]): Promise<void> {
    const workers = changed(this.#assigned, wanted);
    for (const { worker, queues } of workers) {
      const old = this.#assigned.find((each) => each.worker === worker)?.queues ?? [];
      const staying = old.filter((queue) =>
        queues.some((kept) => kept.port === queue.port && kept.queue === queue.queue),
      );
      if (staying.length < old.length) await this.#router.workers.setQueues(worker, staying);
    }
    for (const { worker, queues } of workers) await this.#router.workers.setQueues(worker, queues);
    this.#assigned = wanted;
  }
}

function portQueues(port: number, count: number): PortQueue[] {
  return Array.from({ length: count }, (_, queue) => ({ port, queue }));
}
