import type { Peer } from './peer.ts';

/** Something that connects an application's vhost-user sockets, as their client. */
export interface VhostSwitch extends Pick<Peer, 'name' | 'about' | 'setUp'> {
  /** Starts it so that packets from either end leave by the other. */
  attach(job: VhostJob): Promise<AsyncDisposable>;
}

export interface VhostJob {
  readonly directory: string;
  /** The sockets of both ends. */
  readonly sockets: readonly string[];
}
