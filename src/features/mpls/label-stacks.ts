import { ApiError } from '../../engine/api-error.ts';
import type { Rewrite } from '../../engine/host/rewrites.ts';
import type { Router } from '../../engine/host/router.ts';
import { MAX_LABEL_STACKS, STACK_COPIES } from './layout.ts';

/** Labels to be pushed, and where to go then. */
export interface LabelStack {
  /** Outermost first. */
  readonly labels: readonly number[];
  /** Index of the next hop that what has the labels goes to; zero when it is gone. */
  readonly via: number;
  /** What all packets get; their own otherwise. */
  readonly trafficClass?: number | undefined;
  readonly ttl?: number | undefined;
}

/** What this feature uses of the router for its tables. */
export type TableRouter = Pick<Router, 'tables' | 'quiet'> & {
  readonly log: { error(fields: object, message: string): void };
};

/** The stacks of labels in the shared memory. Its labels never change: who wants others makes another. */
export class LabelStacks {
  readonly #router: TableRouter;
  readonly #table: Table;
  readonly #stacks = new Map<number, { readonly stack: LabelStack; users: number }>();
  readonly #freed: number[] = [];
  #leaving: number[] = [];
  #fresh = 1;
  #draining = false;

  constructor(router: TableRouter) {
    this.#router = router;
    this.#table = router.tables<Table>(['setLabelStack', 'redirectLabelStack', 'setStackLabel']);
  }

  /** Makes a stack, of which the caller is the first user. @throws ApiError ENOSPC */
  make(doing: string, stack: LabelStack): number {
    const index = this.#freed.pop() ?? (this.#fresh < MAX_LABEL_STACKS ? this.#fresh++ : undefined);
    if (index === undefined) {
      const expected = `at most ${MAX_LABEL_STACKS - 1} stacks of labels`;
      throw new ApiError('ENOSPC', { doing, expected, received: 'one more' });
    }
    this.#write(index, stack);
    this.#stacks.set(index, { stack, users: 1 });
    return index;
  }

  /** Lets what has a stack's labels go to another next hop, in one store. */
  redirect(index: number, via: number): void {
    const found = this.#stacks.get(index);
    if (!found) return;
    this.#stacks.set(index, { ...found, stack: { ...found.stack, via } });
    this.#table.redirectLabelStack(index, via);
  }

  find(index: number): LabelStack | undefined {
    return this.#stacks.get(index)?.stack;
  }

  /** Stacks that are there. */
  get size(): number {
    return this.#stacks.size;
  }

  /** Counts one more user of a stack. */
  use(index: number): void {
    const found = this.#stacks.get(index);
    if (found) found.users++;
  }

  /** Takes a user back; a stack that has none is made again into another when no packet can name it. */
  release(index: number): void {
    const found = this.#stacks.get(index);
    if (!found) return;
    found.users--;
    if (found.users > 0) return;
    this.#leaving.push(index);
    if (!this.#draining) void this.#drain();
  }

  /** How all stacks are written again for a build that has them elsewhere. */
  get rewrite(): Rewrite {
    return {
      tables: ['LABEL_STACKS'],
      write: () => {
        for (const [index, { stack }] of this.#stacks) this.#write(index, stack);
      },
    };
  }

  #write(index: number, stack: LabelStack): void {
    const { labels, via, ttl = STACK_COPIES, trafficClass = STACK_COPIES } = stack;
    labels.forEach((label, place) => {
      this.#table.setStackLabel(index, place, label);
    });
    this.#table.setLabelStack(index, via, labels.length, ttl, trafficClass);
  }

  /** Twice, as for next hops: a packet that was injected before the first quiet point is handled after it. */
  async #drain(): Promise<void> {
    this.#draining = true;
    while (this.#leaving.length > 0) {
      const batch = this.#leaving;
      this.#leaving = [];
      try {
        await this.#router.quiet();
        await this.#router.quiet();
      } catch (error) {
        this.#router.log.error(
          { error, count: batch.length },
          'label stacks stay retired: a worker is stuck',
        );
        continue;
      }
      for (const index of batch) this.#free(index);
    }
    this.#draining = false;
  }

  /** Whoever let go may have taken it again: a change that failed is taken back. */
  #free(index: number): void {
    if ((this.#stacks.get(index)?.users ?? 1) > 0) return;
    this.#stacks.delete(index);
    this.#freed.push(index);
  }
}

interface Table {
  setLabelStack(index: number, nextHop: number, count: number, ttl: number, trafficClass: number): void;
  redirectLabelStack(index: number, nextHop: number): void;
  setStackLabel(index: number, place: number, label: number): void;
}
