import type { Logger } from 'pino';
import { type AttachmentRecord, additionOf, type Pods } from '../pod/index.ts';

/** What a collector works with. */
export interface CollectorNeeds {
  readonly pods: Pick<Pods, 'all' | 'detach'>;
  /** The names of all sandboxes that the runtime has, whatever their state. */
  readonly sandboxes: () => Promise<ReadonlySet<string>>;
  /** How long the runtime may take to speak of a sandbox whose network it has asked for. */
  readonly graceMs: number;
  readonly log: Pick<Logger, 'warn'>;
  /** A clock that is never set. */
  readonly now?: () => number;
}

/**
 * Compares the ledger with what the runtime really has. A runtime that is killed between the ADD of a sandbox and
 * writing down that there is one never calls DEL: what it has forgotten is detached here. Only pods are compared,
 * because others may attach containers that this runtime does not know.
 */
export class Collector {
  readonly #needs: CollectorNeeds;
  /** Since when sandboxes have been missing. */
  #missing: ReadonlyMap<string, number> = new Map();

  constructor(needs: CollectorNeeds) {
    this.#needs = needs;
  }

  /** Detaches what has been without a sandbox for long enough. @throws ConnectError, PodError, RemoteError */
  async look(): Promise<void> {
    const lost = await this.#withoutSandbox();
    const now = this.#needs.now?.() ?? performance.now();
    this.#missing = new Map(lost.map(({ container }) => [container, this.#missing.get(container) ?? now]));
    for (const record of lost) {
      const since = this.#missing.get(record.container) ?? now;
      if (now - since >= this.#needs.graceMs) await this.#detach(record);
    }
  }

  /** While the runtime cannot be asked, nothing is known to be missing. */
  async #withoutSandbox(): Promise<readonly AttachmentRecord[]> {
    try {
      const there = await this.#needs.sandboxes();
      return this.#needs.pods.all.filter(({ pod, container }) => pod !== undefined && !there.has(container));
    } catch (error) {
      this.#missing = new Map();
      throw error;
    }
  }

  async #detach(record: AttachmentRecord): Promise<void> {
    const { container, pod } = record;
    const attachment = { container, pod: `${pod?.namespace}/${pod?.name}`, interface: record.interface };
    this.#needs.log.warn(attachment, 'the runtime has forgotten this pod; it is detached');
    await this.#needs.pods.detach(additionOf(record));
  }
}
