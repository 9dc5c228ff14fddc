import type { Logger } from 'pino';
import {
  type AttachmentKey,
  type AttachmentRecord,
  additionOf,
  keyText,
  type LinkKind,
  type WantedAttachment,
} from './attachment-record.ts';
import type { Ledger } from './ledger.ts';
import type { Link } from './links/link.ts';
import type { PodNetwork, PodNetworks } from './network.ts';
import { findNetwork } from './network.ts';
import { PodError } from './pod-error.ts';
import type { RouterSide } from './router-side.ts';
import { removeStrayEnds } from './stray-ends.ts';
import { hostEnd } from './trunk-names.ts';
import { TurnsByKey } from './turns-by-key.ts';

/** What attachments are made with. */
export interface PodNeeds {
  readonly ledger: Ledger;
  readonly networks: () => PodNetworks;
  readonly links: Readonly<Record<LinkKind, Link>>;
  readonly router: RouterSide;
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>;
}

/** The attachments of a node: made, undone, checked, and repaired after whatever was killed. */
export class Pods {
  readonly #needs: PodNeeds;
  readonly #turns = new TurnsByKey();

  constructor(needs: PodNeeds) {
    this.#needs = needs;
  }

  get all(): readonly AttachmentRecord[] {
    return this.#needs.ledger.all;
  }

  find(key: AttachmentKey): AttachmentRecord | undefined {
    return this.#needs.ledger.find(key);
  }

  /** The path of an attachment's socket on the host, where it has one. */
  socketPath(record: AttachmentRecord): string | undefined {
    return this.#link(record).socketPath?.(record);
  }

  /** Attaches a container by all the interfaces of one ADD; what fails leaves none behind. @throws PodError, RemoteError */
  attach(wanted: readonly WantedAttachment[]): Promise<readonly AttachmentRecord[]> {
    return this.#turns.take(wanted[0]?.container ?? '', async () => {
      const made: AttachmentRecord[] = [];
      try {
        for (const each of wanted) made.push(await this.#attach(each));
        return made;
      } catch (error) {
        for (const record of made.reverse()) await this.#tryToUndo(record);
        throw error;
      }
    });
  }

  /** Detaches what an ADD has attached; nothing is fine. @throws PodError, RemoteError when it is to be tried again */
  detach(addition: AttachmentKey): Promise<void> {
    return this.#turns.take(addition.container, async () => {
      for (const record of this.#attachedBy(addition)) await this.#undo(record);
    });
  }

  /** Checks that what an ADD has attached is as it was made. @throws PodError unknown, host */
  check(addition: AttachmentKey): Promise<readonly AttachmentRecord[]> {
    return this.#turns.take(addition.container, async () => {
      const doing = `check ${keyText(addition)}`;
      const records = this.#attachedBy(addition);
      const unfinished = records.find(({ state }) => state !== 'ready');
      if (records.length === 0 || unfinished) {
        const received = unfinished ? `one that is ${unfinished.state}` : 'none';
        throw new PodError('unknown', { doing, expected: 'an attachment', received });
      }
      for (const record of records) await this.#check(doing, record);
      return records;
    });
  }

  /** Detaches what all ADDs of a CNI configuration have attached, but for those that are named. */
  async collect(configuration: string, valid: readonly AttachmentKey[]): Promise<void> {
    const kept = new Set(valid.map(keyText));
    const own = this.all.filter((record) => record.configuration === configuration).map(additionOf);
    for (const addition of own) if (!kept.has(keyText(addition))) await this.detach(addition);
  }

  /** Undoes what was begun and not finished: by us before, or by one that was killed. */
  async undoUnfinished(): Promise<void> {
    for (const record of this.all) {
      if (record.state === 'ready') continue;
      await this.#turns.take(record.container, async () => {
        const now = this.find(record);
        if (now && now.state !== 'ready') await this.#tryToUndo(now);
      });
    }
  }

  /** Makes the router as the ledger says: after it, or we, were started again. */
  async repair(): Promise<void> {
    this.#needs.router.forget();
    await this.undoUnfinished();
    const there = await this.#needs.router.names();
    const known = new Set(this.all.map(({ number }) => `pod${number}`));
    for (const name of there) if (!known.has(name)) await this.#needs.router.remove(name);
    const stray = await removeStrayEnds(() => new Set(this.all.map(hostEnd)));
    if (stray.length > 0) this.#needs.log.warn({ stray }, 'devices of pods that nobody knows are removed');
    const lost = this.all.filter(({ number, state }) => state === 'ready' && !there.has(`pod${number}`));
    if (lost.length > 0)
      this.#needs.log.info({ attachments: lost.length }, 'the router is told of attachments again');
    await Promise.all(lost.map((record) => this.#restore(record)));
  }

  /** Resolves when nothing is being attached or detached. */
  idle(): Promise<void> {
    return this.#turns.idle();
  }

  async #attach(wanted: WantedAttachment): Promise<AttachmentRecord> {
    const network = this.#network(`attach ${keyText(wanted)}`, wanted.network);
    const before = this.find(wanted);
    if (before && before.state !== 'ready') await this.#undo(before); // what an earlier failure could not undo
    const record = this.#needs.ledger.begin(wanted, network);
    try {
      await this.#link(record).attach(record, network);
      return this.#needs.ledger.become(record, 'ready');
    } catch (error) {
      await this.#tryToUndo(record);
      throw error;
    }
  }

  #attachedBy(addition: AttachmentKey): readonly AttachmentRecord[] {
    const own = this.#needs.ledger.allOf(addition.container);
    return own.filter(({ addedWith }) => addedWith === addition.interface);
  }

  async #check(doing: string, record: AttachmentRecord): Promise<void> {
    const network = this.#network(doing, record.network);
    const missing =
      (await this.#link(record).missing(record)) ?? (await this.#needs.router.missing(record, network));
    if (missing === undefined) return;
    throw new PodError('host', { doing, expected: 'what was attached', received: missing });
  }

  async #restore(record: AttachmentRecord): Promise<void> {
    await this.#turns.take(record.container, async () => {
      const now = this.find(record);
      if (now?.state !== 'ready') return;
      try {
        await this.#link(now).restore(now, this.#network(`restore ${keyText(now)}`, now.network));
      } catch (error) {
        this.#needs.log.error({ error, attachment: keyText(now) }, 'an attachment could not be restored');
      }
    });
  }

  async #undo(record: AttachmentRecord): Promise<void> {
    this.#tryToNote(record, 'leaving');
    await this.#link(record).detach(record);
    this.#needs.ledger.end(record);
  }

  /** What cannot be undone now stays in the ledger, and its addresses stay taken, until it can. */
  async #tryToUndo(record: AttachmentRecord): Promise<void> {
    try {
      await this.#undo(record);
    } catch (error) {
      this.#needs.log.warn({ error, attachment: keyText(record) }, 'an attachment is undone later');
      const reason = error instanceof Error ? error.message : String(error);
      this.#tryToNote(record, 'leaving', `undone later: ${reason}`);
    }
  }

  /** Where the disk is full, what is there is undone all the same: whoever has asked will ask again. */
  #tryToNote(record: AttachmentRecord, state: AttachmentRecord['state'], reason?: string): void {
    try {
      this.#needs.ledger.become(record, state, reason);
    } catch (error) {
      this.#needs.log.warn({ error, attachment: keyText(record) }, 'the ledger cannot be written');
    }
  }

  #link({ kind }: AttachmentRecord): Link {
    return this.#needs.links[kind];
  }

  #network(doing: string, name: string): PodNetwork {
    const found = findNetwork(this.#needs.networks(), name);
    if (found) return found;
    const names = [...this.#needs.networks().keys()].join(', ') || 'none';
    const expected = `a network of this node's plan, which are: ${names}`;
    throw new PodError('invalid', { doing, expected, received: JSON.stringify(name) });
  }
}
