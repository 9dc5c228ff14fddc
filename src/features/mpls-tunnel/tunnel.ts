import { formatAddress, type IpAddress } from '../../net/address.ts';
import type { Encapsulation as EncapsulationTarget } from '../neighbor/index.ts';
import type { Way } from '../tunnel/index.ts';
import type { LabelEncapsulation } from './encapsulations.ts';

/** What somebody wants labelled packets to be put into. */
export interface WantedTunnel {
  readonly encapsulation: LabelEncapsulation;
  /** VRF of the underlay. */
  readonly vrf: number;
  readonly remote: IpAddress;
  /** The address of ours that packets come from; that of the way to the far end when absent. */
  readonly local: IpAddress | undefined;
  /** UDP port of the far end. */
  readonly port: number;
}

/** A tunnel as it is now: a value, replaced when its way changes. */
export interface Tunnel extends WantedTunnel {
  /** Its place in the table of tunnels. */
  readonly slot: number;
  /** Which of the two records of its place packets read. */
  readonly side: 0 | 1;
  readonly way: Way;
}

const IP_BYTES = { ipv4: 20, ipv6: 40 } as const;
const OWN_BYTES = { mplsoudp: 8, mplsogre: 4 } as const;
/** No link of an IP network is narrower (RFC 791 3.2). */
const LEAST_MTU = 68;

/** Largest packet, labels included, that goes into a tunnel whole. */
export function tunnelMtu({ encapsulation, remote, way }: WantedTunnel & { readonly way: Way }): number {
  return Math.max(way.mtu - IP_BYTES[remote.family] - OWN_BYTES[encapsulation], LEAST_MTU);
}

/** The next hop that a tunnel is. */
export function targetOf(tunnel: Tunnel): EncapsulationTarget {
  const { encapsulation, remote, way } = tunnel;
  const mtu = tunnelMtu(tunnel);
  const info = [
    `remote=${formatAddress(remote)}`,
    way.local ? `local=${formatAddress(way.local)}` : 'down',
    ...(encapsulation === 'mplsoudp' ? [`dst_port=${tunnel.port}`] : []),
    `mtu=${mtu}`,
  ];
  return { type: 'encapsulation', kind: encapsulation, record: recordOf(tunnel), mtu, info };
}

/** Index of the record that packets read. */
export function recordOf({ slot, side }: Pick<Tunnel, 'slot' | 'side'>): number {
  return slot * 2 + side;
}
