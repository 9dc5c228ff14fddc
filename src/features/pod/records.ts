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
  #writing: Promise<void> = Promise.resolve();

  constructor(needs: RecordsNeeds) {
    this.#needs = needs;
    this.#files = new AttachmentFiles(needs.stateDirectory);
    needs.ledger.listen(() => this.note());
  }

  /** Something has changed. */
  note(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#writing = this.#writing.then(() => this.#write());
    }, SOON_MS);
  }

  /** Writes what is to be written. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#writing;
    await this.#write();
  }

  async #write(): Promise<void> {
    const { ledger, folders, log } = this.#needs;
    const objects = new Map(ledger.all.map((record) => [record, this.#objectOf(record)]));
    try {
      await this.#files.keep([...objects.values()]);
      folders.record(objects);
    } catch (error) {
      log.warn({ error }, 'the records of attachments could not be written');
    }
  }

  #objectOf(record: AttachmentRecord): Attachment {
    const { node, networks, cpu, socketPath } = this.#needs;
    return attachmentObject(record, {
      node: node(),
      socketPath: socketPath(record),
      label: findNetwork(networks(), record.network)?.label,
      numaNode: numaNodeOf(cpu()),
    });
  }
}

const SOON_MS = 100;

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
