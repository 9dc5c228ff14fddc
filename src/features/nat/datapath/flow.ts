import { worker } from '../../../engine/datapath/instance';
import { NAT_FLOW_OFFSET } from '../../../engine/datapath/regions';

/**
 * What the packet in this worker's hands belongs to: who on this side of the interface speaks with whom, and where that
 * stands in the packet. One record a worker, filled by `readFrame` and read until the stage is done.
 */
@unmanaged
export class Flow {
  /** FLOW_… kind. */
  kind: u32;
  /** SIDE_INSIDE when `local` is the address of a station inside, SIDE_OUTSIDE when it is the one it is known by. */
  side: u32;
  localRaw: u32;
  remoteRaw: u32;
  localPort: u16;
  remotePort: u16;
  iface: u16;
  protocol: u8;
  /** Flags of a TCP segment, type of an ICMP message. */
  detail: u8;
  /** Where the IPv4 header and the transport header lie. */
  ip: u32;
  l4: u32;
  /** Bytes of the transport header and what follows it that lie in one piece there. */
  l4Bytes: u32;
  /** Identification and fragment field as they lie; zero where the packet is no fragment. */
  fragment: u32;
  /** What the packet's port says of its checksums, and what its sender has left to others. */
  olFlags: u64;
}

/** A sender's packet is looked at as it leaves: the station inside is its source. */
export const SIDE_INSIDE: u32 = 0;
/** As it comes in: the address by which a station is known outside is its destination. */
export const SIDE_OUTSIDE: u32 = 1;

/** Not IPv4, or so broken that IP will say so. */
export const FLOW_NONE: u32 = 0;
/** It ends within its transport header, or that is not in one piece. */
export const FLOW_CUT: u32 = 1;
/** Ports tell its session, or an identifier: TCP, UDP, ICMP queries. */
export const FLOW_PORTS: u32 = 2;
/** Addresses alone do: other protocols. */
export const FLOW_ADDRESSES: u32 = 3;
/** A fragment but the first. */
export const FLOW_FRAGMENT: u32 = 4;
/** An ICMP error, which is about a packet of some session. */
export const FLOW_ERROR: u32 = 5;
/** Another ICMP message. */
export const FLOW_MESSAGE: u32 = 6;

/** The flow record of this worker, for a packet on a side of an interface: nothing is known of it yet. */
export function flowOn(iface: u32, side: u32, olFlags: u64): Flow {
  const flow = flowOf();
  flow.kind = FLOW_NONE;
  flow.side = side;
  flow.iface = <u16>iface;
  flow.olFlags = olFlags;
  return flow;
}

/** The flow record of this worker. @inline */
export function flowOf(): Flow {
  return changetype<Flow>(changetype<usize>(worker) + NAT_FLOW_OFFSET);
}
