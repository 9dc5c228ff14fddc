import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { AddressBook } from './address-book.ts';
import {
  type AttachmentKey,
  type AttachmentRecord,
  keyText,
  type WantedAttachment,
} from './attachment-record.ts';
import { openDatabase, withDatabase } from './database.ts';
import type { PodNetwork } from './network.ts';
import { PodError } from './pod-error.ts';

/** Most attachments of a node: each has a VLAN of the trunk. */
export const MOST_ATTACHMENTS = 4094;

/**
 * What a node must not lose: its attachments and the addresses that they hold. Whatever is done to the host is
 * written here before, and forgotten only after it was undone.
 */
export class Ledger {
  readonly #database: DatabaseSync;
  readonly #addresses: AddressBook;
  readonly #now: () => Date;
  #changed: () => void = () => undefined;
  readonly #insert: StatementSync;
  readonly #update: StatementSync;
  readonly #delete: StatementSync;
  readonly #byKey: StatementSync;
  readonly #ofContainer: StatementSync;
  readonly #all: StatementSync;
  readonly #freeNumber: StatementSync;
  /** All numbers below are taken: they need not be looked at to find a free one. */
  #taken = 1;

  constructor(path: string, options: { readonly now?: () => Date } = {}) {
    this.#database = openDatabase(path);
    this.#now = options.now ?? (() => new Date());
    this.#addresses = new AddressBook(this.#database);
    const prepare = (sql: string) => this.#database.prepare(sql);
    this.#insert = prepare('INSERT INTO attachment VALUES (?, ?, ?, ?, ?, ?)');
    this.#update = prepare('UPDATE attachment SET record = ?, state = ? WHERE number = ?');
    this.#delete = prepare('DELETE FROM attachment WHERE number = ?');
    this.#byKey = prepare('SELECT record FROM attachment WHERE container = ? AND interface = ?');
    this.#ofContainer = prepare('SELECT record FROM attachment WHERE container = ? ORDER BY number');
    this.#all = prepare('SELECT record FROM attachment ORDER BY number');
    this.#freeNumber = prepare(
      `SELECT ?1 AS number WHERE NOT EXISTS (SELECT 1 FROM attachment WHERE number = ?1) UNION ALL
       SELECT number + 1 FROM attachment AS a
       WHERE number >= ?1 AND NOT EXISTS (SELECT 1 FROM attachment WHERE number = a.number + 1)
       ORDER BY number LIMIT 1`,
    );
  }

  /** Calls when an attachment has changed, come or gone. */
  listen(changed: () => void): void {
    this.#changed = changed;
  }

  /** All attachments, by number. */
  get all(): readonly AttachmentRecord[] {
    return this.#all.all().map(recordOf);
  }

  find({ container, interface: name }: AttachmentKey): AttachmentRecord | undefined {
    const row = this.#byKey.get(container, name);
    return row && recordOf(row);
  }

  /** The attachments of a container, by number. */
  allOf(container: string): readonly AttachmentRecord[] {
    return this.#ofContainer.all(container).map(recordOf);
  }

  /** Writes down an attachment that is to be made, with the addresses it shall have. @throws PodError exists, full, invalid */
  begin(wanted: WantedAttachment, network: PodNetwork): AttachmentRecord {
    const doing = `attach ${keyText(wanted)} to ${network.name}`;
    return this.#atOnce(doing, () => {
      const there = this.find(wanted);
      if (there)
        throw new PodError('exists', {
          doing,
          expected: 'an interface that is not attached yet',
          received: `one that is ${there.state} since ${there.since}`,
        });
      const number = this.#takeNumber(doing);
      const { container, interface: name } = wanted;
      this.#insert.run(number, container, name, network.name, '{}', 'pending');
      const mac = this.#addresses.takeMac(doing, { number, network: network.name, wanted: wanted.mac });
      const addresses = this.#addresses.take(doing, { number, wanted, network });
      const record = { ...wanted, network: network.name, vrf: network.vrf, number, mac, addresses };
      return this.#write({ ...record, state: 'pending', since: '' }, 'pending');
    });
  }

  /** Says that an attachment has come to another state, or that it stays in its state for a reason. */
  become(record: AttachmentRecord, state: AttachmentRecord['state'], reason?: string): AttachmentRecord {
    if (record.state === state && record.reason === reason) return record;
    return withDatabase(`${keyText(record)} is ${state}`, () => this.#write(record, state, reason));
  }

  /** Forgets an attachment, and gives its addresses back. */
  end(record: AttachmentRecord): void {
    withDatabase(`forget ${keyText(record)}`, () => this.#delete.run(record.number));
    this.#taken = Math.min(this.#taken, record.number);
    this.#changed();
  }

  /** Forgets all attachments if the host has started anew since: none of its containers is there any more. */
  noteBoot(id: string): number {
    return this.#atOnce('note the start of the host', () => {
      const before = this.#database.prepare('SELECT id FROM boot').get()?.['id'];
      if (before === id) return 0;
      this.#database.exec('DELETE FROM boot');
      this.#database.prepare('INSERT INTO boot VALUES (?)').run(id);
      this.#taken = 1;
      return Number(this.#database.prepare('DELETE FROM attachment').run().changes);
    });
  }

  close(): void {
    this.#database.close();
  }

  #write(before: AttachmentRecord, state: AttachmentRecord['state'], reason?: string): AttachmentRecord {
    const { reason: _, ...record } = before;
    const since = state === before.state && before.since !== '' ? before.since : this.#now().toISOString();
    const written = { ...record, state, since, ...(reason === undefined ? {} : { reason }) };
    this.#update.run(JSON.stringify(written), state, record.number);
    this.#changed();
    return written;
  }

  #takeNumber(doing: string): number {
    const number = Number(this.#freeNumber.get(this.#taken)?.['number']);
    this.#taken = number;
    if (number <= MOST_ATTACHMENTS) return number;
    const expected = `at most ${MOST_ATTACHMENTS} attachments on a node`;
    throw new PodError('full', { doing, expected, received: 'one more' });
  }

  #atOnce<T>(doing: string, change: () => T): T {
    return withDatabase(doing, () => {
      this.#database.exec('BEGIN IMMEDIATE');
      try {
        const result = change();
        this.#database.exec('COMMIT');
        return result;
      } catch (error) {
        if (this.#database.isTransaction) this.#database.exec('ROLLBACK'); // a full disk has done so already
        throw error;
      }
    });
  }
}

// Only this file writes what it reads: the record is what `#write` was given, or what it was given when each
// interface had an ADD of its own.
function recordOf(row: Readonly<Record<string, unknown>>): AttachmentRecord {
  const record = JSON.parse(String(row['record']));
  return { addedWith: record.interface, ...record };
}
