import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { type Attachment, AttachmentFiles } from '../attachment/index.ts';
import { attachmentObject } from './attachment-object.ts';
import type { AttachmentRecord } from './attachment-record.ts';
import type { Ledger } from './ledger.ts';
import { findNetwork, type PodNetworks } from './network.ts';
import type { SocketFolders } from './socket-folders.ts';

/** What records are written of, and where. */
export interface RecordsNeeds {
  readonly stateDirectory: string;
  readonly ledger: Ledger;
  readonly folders: SocketFolders;
  readonly node: () => string;
  readonly networks: () => PodNetworks;
  /** The CPU of the router whose memory packets are in. */
  readonly cpu: () => number | undefined;
  readonly socketPath: (record: AttachmentRecord) => string | undefined;
  readonly log: Pick<Logger, 'warn'>;
}

/**
 * What others read of attachments: an object in a file each, for `millrace explain`, and all of a container's in the
 * directory that it mounts. Written soon after a change, and behind the answer to whoever has asked for it.
 */
export class Records {
  readonly #needs: RecordsNeeds;
  readonly #files: AttachmentFiles;
  #timer: NodeJS.Timeout | undefined;
  /** When the first change was that is not written yet, and the last one. */
  #sinceMs = 0;
  #lastMs = 0;
  #writing: Promise<void> = Promise.resolve();

  constructor(needs: RecordsNeeds) {
    this.#needs = needs;
    this.#files = new AttachmentFiles(needs.stateDirectory);
    needs.ledger.listen(() => this.note());
  }

  /**
   * Something has changed. What follows at once is waited for, so that whoever attaches many is not held up, and has no
   * timer for each.
   */
  note(): void {
    this.#lastMs = performance.now();
    if (this.#timer !== undefined) return;
    this.#sinceMs = this.#lastMs;
    this.#timer = setTimeout(() => this.#look(), SOON_MS);
  }

  /** Writes what is to be written. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#writing;
    await this.#write();
  }

  #look(): void {
    const dueMs = Math.min(this.#lastMs + SOON_MS, this.#sinceMs + LATEST_MS) - performance.now();
    if (dueMs >= 1) this.#timer = setTimeout(() => this.#look(), dueMs);
    else this.#begin();
  }

  #begin(): void {
    this.#timer = undefined;
    this.#writing = this.#writing.then(() => this.#write());
  }

  async #write(): Promise<void> {
    const { ledger, folders, log, cpu } = this.#needs;
    const numaNode = numaNodeOf(cpu());
    const objects = new Map(ledger.all.map((record) => [record, this.#objectOf(record, numaNode)]));
    try {
      await this.#files.keep([...objects.values()]);
      folders.record(objects);
    } catch (error) {
      log.warn({ error }, 'the records of attachments could not be written');
    }
  }

  #objectOf(record: AttachmentRecord, numaNode: number | undefined): Attachment {
    const { node, networks, socketPath } = this.#needs;
    return attachmentObject(record, {
      node: node(),
      socketPath: socketPath(record),
      label: findNetwork(networks(), record.network)?.label,
      numaNode,
    });
  }
}

const SOON_MS = 100;
/** However much goes on. */
const LATEST_MS = 1000;

/** The memory that a CPU is near to; on a machine with one, that is it. */
function numaNodeOf(cpu: number | undefined, directory = '/sys/devices/system'): number | undefined {
  const folder = cpu === undefined ? join(directory, 'node') : join(directory, `cpu/cpu${cpu}`);
  const nodes = namesIn(folder).flatMap((name) => /^node(\d+)$/.exec(name)?.[1] ?? []);
  return nodes.length === 1 ? Number(nodes[0]) : undefined;
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
