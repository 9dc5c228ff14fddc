import { Finding } from '../finding.ts';
import { type Input, ipOffsetOf } from '../input.ts';
import type { Arrivals, Came } from './came.ts';
import type { KnownSessions } from './flow.ts';
import type { Sid } from './segments.ts';

/** A frame that is leaving by a port, and what it came from. */
export interface Frame {
  /** Its bytes in one piece: `length` of them from `at` on. */
  readonly view: DataView;
  readonly at: number;
  readonly length: number;
  readonly port: number;
  /** Bytes in its first segment. */
  readonly firstSegment: number;
  /** Whether the port is asked to fill in a checksum, and where its headers are said to lie. */
  readonly asked: boolean;
  readonly l2Bytes: number;
  readonly l3Bytes: number;
  /** The packet that came in the same buffer; undefined for one that the router made. */
  readonly input: Came | undefined;
  /** All that came in with it: what leaves in a fresh buffer may be a copy of any. */
  readonly burst: Arrivals;
  /** Where its IP headers lie whose number the router gave, as far as the check has seen. */
  readonly numbered: number[];
}

/** An IP packet in a frame that leaves, and the one that it was when it came. */
export interface Passage {
  readonly frame: Frame;
  /** Where its IP header lies in the frame's view. */
  readonly ip: number;
  /** What came; undefined for a packet that the router made. */
  readonly input: Input | undefined;
  /** Where its IP header lay in the input. */
  readonly from: number;
}

/** Bytes from a packet's IP header to the frame's end. */
export function bytesOf({ frame, ip }: Pick<Passage, 'frame' | 'ip'>): number {
  return frame.at + frame.length - ip;
}

/** Who is on the router's links, for the check to know what a frame may say. */
export interface Stations {
  /** The router's MAC addresses on a port for frames with these VLAN tags, outermost first, as numbers of 48 bits. */
  macsOn(port: number, tags: readonly number[]): readonly number[];
  /** The MTU for frames that leave a port with these tags as their sender made them; undefined where none do. */
  bridgedMtu(port: number, tags: readonly number[]): number | undefined;
  /** The ports and MTU of a neighbour's MAC address; undefined when packets are routed to nobody there. */
  stationWith(mac: number): { readonly ports: readonly number[]; readonly mtu: number } | undefined;
  /** Whether the port of a number fills in checksums. */
  fillsChecksums(port: number): boolean;
  /** What the router puts round packets. */
  readonly tunnels: readonly Tunnel[];
  /** Labels that the router puts in front of packets, and those that it takes off. */
  readonly labels: ReadonlySet<number>;
  readonly labelsTaken: ReadonlySet<number>;
  /** SIDs of ours. */
  readonly sids: readonly Sid[];
  /** The DSCP that untagged frames get when they come by a port, and ports by which nothing comes or leaves that rules deny. */
  readonly marks: ReadonlyMap<number, number>;
  readonly denying: ReadonlySet<number>;
  /** Addresses that stand for others behind a port. */
  readonly translations: readonly Translation[];
  /** Addresses that many stations share behind a port, and who does by now. */
  readonly shared: readonly SharedAddress[];
  readonly sessions: KnownSessions;
  /** MAC addresses of stations that the bridge may answer for, by their address as hexadecimal digits. */
  readonly neighbors: ReadonlyMap<string, number>;
  /** The router's MAC addresses inside tunnels of Ethernet, as numbers of 48 bits. */
  readonly innerMacs: readonly number[];
}

/** What the router puts round packets (RFC 7348, RFC 7510, RFC 4023; RFC 2003, RFC 2473; RFC 8754). */
export interface Tunnel {
  readonly kind: 'vxlan' | 'labels-in-udp' | 'labels-in-gre' | 'ip-in-ip' | 'segments';
  /** Our address, and those of the far ends, as hexadecimal digits. */
  readonly local: string;
  readonly remotes: readonly string[];
  /** UDP port at the far end. */
  readonly port?: number;
  /** The routing header of a list of segments, as hexadecimal digits, its first byte zero; empty for none. */
  readonly routing?: string;
  /** Network identifier, of VXLAN. */
  readonly vni?: number;
}

/** An address behind a port, and the one inside that it stands for, as numbers (RFC 3022: basic NAT). */
export interface Translation {
  readonly port: number;
  readonly outside: number;
  readonly inside: number;
}

/** A subnet whose sources leave by a port with one address (RFC 3022: NAPT), as numbers. */
export interface SharedAddress {
  readonly port: number;
  readonly subnet: number;
  readonly mask: number;
  readonly outside: number;
}

let isAskedWhy = true;
const REFUSED = new Finding('valid frames', 'something else');

/** Refuses a frame. */
export function invalid(message: string): never {
  throw isAskedWhy ? new Finding('valid frames', message) : REFUSED;
}

/** What a check says against something; undefined for nothing. */
export function refusal(check: () => void): Finding | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (error instanceof Finding) return error;
    if (error instanceof RangeError) return new Finding('valid frames', 'a header that is cut', error);
    throw error;
  }
}

/** Whether a check has nothing to say against something. Thousands fail before one holds: nobody asks them why, which took most of the time. */
export function holds(check: () => void): boolean {
  const wasAskedWhy = isAskedWhy;
  isAskedWhy = false;
  try {
    return refusal(check) === undefined;
  } finally {
    isAskedWhy = wasAskedWhy;
  }
}

/** A MAC address as a number. */
export function macAt(view: DataView, at: number): number {
  return view.getUint16(at) * 0x1_0000_0000 + view.getUint32(at + 2);
}

/** Whether the packet at a place of what came is the host's, and so not forwarded but sent. */
export function isSent(input: Input, from: number): boolean {
  return input.entry !== 'wire' && from === ipOffsetOf(input);
}

/** Whether its sender has left a TCP or UDP checksum to whoever sends it on. */
export function isUnfinished({ offload }: Input): boolean {
  return offload !== 'nothing' && offload !== 'checked' && offload !== 'tx-others';
}
