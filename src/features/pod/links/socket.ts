import { chmodSync, existsSync } from 'node:fs';
import { type AttachmentRecord, routerName } from '../attachment-record.ts';
import type { PodNetwork } from '../network.ts';
import type { RouterSide } from '../router-side.ts';
import type { SocketFolders } from '../socket-folders.ts';
import type { Link } from './link.ts';

/** vhost-user and memif: a socket in a directory that the container mounts at /dpdk. */
export class SocketLink implements Link {
  readonly #router: RouterSide;
  readonly #folders: SocketFolders;

  constructor(router: RouterSide, folders: SocketFolders) {
    this.#router = router;
    this.#folders = folders;
  }

  async attach(record: AttachmentRecord, network: PodNetwork): Promise<void> {
    this.#folders.prepare(record);
    await this.restore(record, network);
    this.#folders.describe(record);
  }

  async detach(record: AttachmentRecord): Promise<void> {
    await this.#router.remove(routerName(record));
    this.#folders.clear(record);
  }

  async restore(record: AttachmentRecord, network: PodNetwork): Promise<void> {
    const path = this.#folders.socketOf(record);
    await this.#router.addPort(record, network, devargsOf(record, path));
    // An application without privileges connects to it; only its own container sees the directory.
    if (record.socketOwner === 'router') chmodSync(path, 0o666);
  }

  socketPath(record: AttachmentRecord): string {
    return this.#folders.socketOf(record);
  }

  async missing(record: AttachmentRecord): Promise<string | undefined> {
    const folder = this.#folders.folderOf(record);
    return existsSync(folder) ? undefined : `the directory ${folder} is gone`;
  }
}

/** The router's end: a vhost client tries again each second until the application listens. */
function devargsOf({ kind, number, socketOwner }: AttachmentRecord, path: string): string {
  if (kind === 'memif') return `net_memif_pod${number},role=server,socket=${path},socket-abstract=no`;
  return `net_vhost_pod${number},iface=${path}${socketOwner === 'pod' ? ',client=1' : ''}`;
}
