import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFile } from '../../engine/host/replace-file.ts';
import type { Attachment } from '../attachment/index.ts';
import { type AttachmentKey, type AttachmentRecord, hasSocket } from './attachment-record.ts';
import { removeIfLeft } from './left-socket.ts';
import { PodError } from './pod-error.ts';

/** What a container finds at /dpdk, a directory of its own on the host. */
export const CONTAINER_FOLDER = '/dpdk';
const FILE = 'dpdk-interfaces.json';
/** The objects of all its attachments, those with sockets and others. */
const RECORDS = 'attachments.json';
/** sun_path of unix(7), with its zero. */
const LONGEST_PATH = 107;

/** The directories of containers with sockets: one each, with the sockets and a file that says which is which. */
export class SocketFolders {
  readonly #root: string;
  readonly #all: () => readonly AttachmentRecord[];
  /** The paths of the sockets that applications make. */
  readonly #ofApplications: Set<string>;

  constructor(root: string, all: () => readonly AttachmentRecord[]) {
    this.#root = root;
    this.#all = all;
    this.#ofApplications = new Set(
      all()
        .filter(isOfApplication)
        .map((record) => this.socketOf(record)),
    );
  }

  /** Named by the pod's UID, which the pod can mount by; by the container's id where there is no pod. */
  folderOf({ pod, container }: Pick<AttachmentRecord, 'pod' | 'container'>): string {
    return join(this.#root, pod?.uid || container.slice(0, 36));
  }

  socketOf(record: AttachmentRecord): string {
    return join(this.folderOf(record), socketName(record));
  }

  /** Makes the directory, in which an application without privileges may make its socket. @throws PodError invalid */
  prepare(record: AttachmentRecord): void {
    const path = this.socketOf(record);
    if (Buffer.byteLength(path) > LONGEST_PATH) {
      const problem = { expected: `a path of at most ${LONGEST_PATH} bytes for the socket`, received: path };
      throw new PodError('invalid', { doing: 'make a socket', ...problem });
    }
    mkdirSync(this.#root, { recursive: true, mode: 0o711 });
    const folder = this.folderOf(record);
    mkdirSync(folder, { recursive: true });
    chmodSync(folder, 0o777);
    rmSync(path, { force: true }); // what an application before has left
    if (isOfApplication(record)) this.#ofApplications.add(path);
  }

  /** Writes down in the directory what each socket of the container is. */
  describe(record: AttachmentRecord): void {
    this.#write(record, [...this.#othersOf(record), record]);
  }

  /** Writes into each container's directory the objects of all that it is attached to. */
  record(objects: ReadonlyMap<AttachmentRecord, Attachment>): void {
    const byFolder = Map.groupBy(objects, ([record]) => this.folderOf(record));
    for (const [folder, own] of byFolder) {
      if (!existsSync(join(folder, FILE))) continue; // without sockets it has none
      writeChanged(
        join(folder, RECORDS),
        own.map(([, object]) => object),
      );
    }
  }

  /** Removes a socket, and the directory with the last. */
  clear(record: AttachmentRecord): void {
    this.#ofApplications.delete(this.socketOf(record));
    const others = this.#othersOf(record);
    if (others.length === 0) return void rmSync(this.folderOf(record), { recursive: true, force: true });
    rmSync(this.socketOf(record), { force: true });
    this.#write(record, others);
  }

  /** Removes the sockets that applications have left behind when they died: the next one could not listen there. */
  removeLeft(): readonly string[] {
    return [...this.#ofApplications].filter(removeIfLeft);
  }

  /** Removes the directories of containers that nobody knows: of a ledger that was lost. */
  removeStray(): void {
    if (!existsSync(this.#root)) return;
    const own = new Set(this.#all().map((record) => this.folderOf(record)));
    const folders = readdirSync(this.#root).map((name) => join(this.#root, name));
    for (const folder of folders)
      if (!own.has(folder) && existsSync(join(folder, FILE)))
        rmSync(folder, { recursive: true, force: true });
  }

  #othersOf(record: AttachmentRecord): readonly AttachmentRecord[] {
    const folder = this.folderOf(record);
    return this.#all().filter(
      (each) =>
        hasSocket(each) &&
        each.number !== record.number &&
        each.state !== 'leaving' &&
        this.folderOf(each) === folder,
    );
  }

  #write(record: AttachmentRecord, own: readonly AttachmentRecord[]): void {
    const sorted = [...own].sort((a, b) => a.interface.localeCompare(b.interface));
    writeChanged(join(this.folderOf(record), FILE), sorted.map(description));
  }
}

function isOfApplication({ kind, socketOwner }: AttachmentRecord): boolean {
  return kind === 'vhost-user' && socketOwner === 'pod';
}

/** Writes a file where it is another one than before. */
function writeChanged(file: string, content: object): void {
  const text = `${JSON.stringify(content, null, 2)}\n`;
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return;
  replaceFile(file, text, 0o644);
}

/** The path of an attachment's socket as its container sees it. */
export function containerSocket(key: AttachmentKey): string {
  return join(CONTAINER_FOLDER, socketName(key));
}

function socketName({ interface: name }: AttachmentKey): string {
  return `${name}.sock`;
}

/** One interface as applications are used to find it; the mode is that of the router's end. */
function description(record: AttachmentRecord) {
  const path = containerSocket(record);
  const mode = record.socketOwner === 'pod' ? 'client' : 'server';
  const of = (isIp6: boolean) => record.addresses.find(({ address }) => address.includes(':') === isIp6);
  const [ip4, ip6] = [of(false), of(true)];
  return {
    name: record.interface,
    type: record.kind,
    network: record.network,
    ...(record.kind === 'memif'
      ? { 'memif-path': path, 'memif-mode': mode, 'memif-id': 0 }
      : { 'vhost-adaptor-path': path, 'vhost-adaptor-mode': mode }),
    'mac-address': record.mac,
    mtu: record.mtu,
    ...(ip4 ? { 'ipv4-address': `${ip4.address}/${ip4.length}`, 'ipv4-gateway': ip4.gateway } : {}),
    ...(ip6 ? { 'ipv6-address': `${ip6.address}/${ip6.length}`, 'ipv6-gateway': ip6.gateway } : {}),
  };
}
