import type { Topology } from '../../src/features/ip/testing/topology.ts';
import type { Tunnel } from '../check/frame.ts';

/** What overlays are put on: the router, and what the check has to know of it. */
export interface Ground {
  readonly topology: Topology;
  readonly tunnels: Tunnel[];
  readonly labels: Set<number>;
  readonly labelsTaken: Set<number>;
  /** The router's MAC addresses inside tunnels, as numbers of 48 bits. */
  readonly innerMacs: number[];
  /** The router's MAC addresses by port and tags, as `placeOf` writes them. */
  readonly macs: Map<string, number[]>;
  /** Where frames leave as they came. */
  readonly bridged: Set<string>;
  /** Ids of further interfaces, for them to be traced. */
  readonly interfaces: number[];
  /** Says where a neighbour is. */
  station(mac: string, ports: readonly number[], mtu: number): void;
}

/** A port and the VLANs of a frame's tags, as a key. */
export function placeOf(port: number, tags: readonly number[]): string {
  return [port, ...tags].join('.');
}
