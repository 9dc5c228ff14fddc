import type { Peer } from './peer.ts';
import { addressedTo } from './traffic.ts';
import type { Workload } from './workload.ts';

/** Something that connects an application's vhost-user sockets, as their client. */
export interface VhostSwitch extends Pick<Peer, 'name' | 'about' | 'setUp'> {
  /** Starts it so that packets of the first end leave by the second, as the workload's routes say. */
  attach(job: VhostJob): Promise<AttachedSwitch>;
}

export interface VhostJob {
  readonly directory: string;
  /** The sockets of both ends. */
  readonly sockets: readonly string[];
  readonly workload: Workload;
}

/** A switch that runs; the process that forwards has this number. */
export interface AttachedSwitch extends AsyncDisposable {
  readonly pid: number;
}

/** The devices that every switch gets, from and to the application. */
export function vhostDevices(sockets: readonly string[]): readonly string[] {
  return sockets.map((socket, index) => `net_vhost${index},iface=${socket},client=1`);
}

/** What DPDK's first vhost port gives itself as its address; packets must be addressed to it to be routed. */
const vhostMac = '56:48:4f:53:54:00';

/** The workload's frames, addressed to the switch's first port. */
export function vhostFrames({ frames }: Workload): readonly Uint8Array[] {
  return frames.map((frame) => addressedTo(vhostMac, frame));
}
