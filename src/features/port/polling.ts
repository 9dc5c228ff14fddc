import { ApiError } from '../../engine/api-error.ts';
import type { Router } from '../../engine/host/router.ts';
import type { PortQueue } from '../../engine/host/worker-areas.ts';
import { MAX_WORKER_QUEUES } from '../../engine/layout.ts';
import { type Assignment, changed, distribute, move, sameQueue, withoutPort } from './queues.ts';

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
    this.shareTransmit(port, queues.transmit);
    await this.#apply(distribute(this.#assigned, portQueues(port, queues.receive)));
  }

  /** Makes sure that so many workers can poll so many more queues. @throws ApiError ENOSPC */
  checkRoom(doing: string, more: number, workers = this.#assigned.length): void {
    const used = this.#assigned.reduce((sum, { queues }) => sum + queues.length, 0);
    const most = workers * MAX_WORKER_QUEUES;
    if (used + more <= most) return;
    throw new ApiError('ENOSPC', {
      doing,
      expected: `at most ${most} receive queues for ${workers} workers`,
      received: String(used + more),
    });
  }

  /** Gives every worker a transmit queue of a port; where there are fewer queues than workers, some share one. */
  shareTransmit(port: number, queues: number): void {
    for (const [i, { index }] of this.#router.workers.list.entries()) {
      this.#router.workers.setTransmitQueue(index, port, i % queues);
    }
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

  /**
   * Moves the datapath to other CPUs: workers whose CPU stays stay there, the others move, and there are as many
   * as CPUs. When workers came, all queues are spread anew; queues of workers that go are taken by others.
   */
  async setCpus(cpus: readonly number[]): Promise<void> {
    const { workers } = this.#router;
    this.checkRoom('move the datapath', 0, cpus.length);
    const staying = workers.list.filter(({ cpu }) => cpus.includes(cpu));
    const free = cpus.filter((cpu) => !staying.some((worker) => worker.cpu === cpu));
    const moving = workers.list.filter((worker) => !staying.some(({ index }) => index === worker.index));
    for (const { index } of moving.slice(0, free.length)) await workers.pin(index, free.shift() ?? 0);
    const came = free.length > 0;
    for (const cpu of free) {
      const { index } = await this.#router.addWorker(cpu);
      this.#assigned = [...this.#assigned, { worker: index, queues: [] }];
    }
    const gone = workers.list.filter(({ cpu }) => !cpus.includes(cpu));
    for (const { index } of gone) await this.#dismiss(index);
    if (came) await this.#spread();
  }

  /** Spreads all queues over all workers. */
  async #spread(): Promise<void> {
    const queues = this.#assigned.flatMap((each) => each.queues);
    await this.#apply(
      distribute(
        this.#assigned.map(({ worker }) => ({ worker, queues: [] })),
        queues,
      ),
    );
  }

  async #dismiss(index: number): Promise<void> {
    const orphans = this.#assigned.find(({ worker }) => worker === index)?.queues ?? [];
    await this.#router.removeWorker(index);
    this.#assigned = this.#assigned.filter(({ worker }) => worker !== index);
    await this.#apply(distribute(this.#assigned, orphans));
  }

  /** Lets workers poll what is wanted; where one stands still, all poll what they did. @throws ApiError ETIMEDOUT */
  async #apply(wanted: readonly Assignment[]): Promise<void> {
    const before = this.#assigned;
    try {
      await this.#move(wanted);
    } catch (error) {
      await this.#moveBack(before, wanted);
      throw error;
    }
  }

  /** Gives workers what they polled before, as far as they answer and nobody else who does not holds it. */
  async #moveBack(before: readonly Assignment[], wanted: readonly Assignment[]): Promise<void> {
    const { workers } = this.#router;
    const touched = changed(before, wanted).map(({ worker }) => worker);
    for (const worker of touched) await workers.setQueues(worker, []).catch(() => {});
    for (const { worker, queues } of before.filter((each) => touched.includes(each.worker))) {
      const held = workers.list.filter(({ index }) => index !== worker).flatMap((each) => each.queues);
      const free = queues.filter((queue) => !held.some((other) => sameQueue(other, queue)));
      await workers.setQueues(worker, free).catch(() => {});
    }
    this.#assigned = workers.list.map(({ index, queues }) => ({ worker: index, queues }));
  }

  /** Takes queues away before anyone gets them, so that no queue is ever polled twice. */
  async #move(wanted: readonly Assignment[]): Promise<void> {
    const running = new Set(this.#router.workers.list.map(({ index }) => index)); // one may have been ended by force
    const workers = changed(this.#assigned, wanted).filter(({ worker }) => running.has(worker));
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
