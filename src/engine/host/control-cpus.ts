import { readdirSync } from 'node:fs';
import { allowedCpus, threadPin } from './dpdk.ts';

/** The CPUs that everything of the process but the workers runs on. */
export class ControlCpus {
  readonly #workers: () => readonly { readonly threadId: number }[];
  #cpus: readonly number[] = allowedCpus();

  constructor(workers: () => readonly { readonly threadId: number }[]) {
    this.#workers = workers;
  }

  get list(): readonly number[] {
    return this.#cpus;
  }

  /** Moves all threads of the process but the workers. @throws DpdkError EINVAL */
  move(cpus: readonly number[]): void {
    const workers = new Set(this.#workers().map(({ threadId }) => threadId));
    for (const thread of readdirSync('/proc/self/task').map(Number)) {
      if (!workers.has(thread)) threadPin(thread, cpus);
    }
    this.#cpus = cpus;
  }
}
