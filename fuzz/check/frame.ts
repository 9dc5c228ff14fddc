import { Finding } from '../finding.ts';
import type { Input } from '../input.ts';

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
  readonly input: Input | undefined;
}

/** Who is on the router's links, for the check to know what a frame may say. */
export interface Stations {
  /** The router's MAC address on a port, as a number of 48 bits; 0 where no interface is. */
  macOfPort(port: number): number;
  /** The port and MTU of a neighbour's MAC address; undefined when packets are routed to nobody there. */
  stationWith(mac: number): { readonly port: number; readonly mtu: number } | undefined;
  /** Whether the port of a number fills in checksums. */
  fillsChecksums(port: number): boolean;
}

/** Refuses a frame. */
export function invalid(message: string): never {
  throw new Finding('valid frames', message);
}

/** A MAC address as a number. */
export function macAt(view: DataView, at: number): number {
  return view.getUint16(at) * 0x1_0000_0000 + view.getUint32(at + 2);
}

/** Whether it came from the host, and is so not forwarded but sent. */
export function isFromHost({ entry }: Input): boolean {
  return entry !== 'wire';
}

/** Whether its sender has left a TCP or UDP checksum to whoever sends it on. */
export function isUnfinished({ offload }: Input): boolean {
  return offload !== 'nothing' && offload !== 'checked' && offload !== 'tx-others';
}
