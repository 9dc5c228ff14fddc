import { receivePort } from '../peers/ovs-switch.ts';
import { farMac, nearMac, range } from './stations.ts';
import type { Task } from './task.ts';

/** Switches frames between two ports of a bridge that knows all stations. */
export function bridging(stations: number, frames: readonly Uint8Array[]): Task {
  return {
    frames,
    open: (frame) => frame,
    carried: frames,
    lines: [
      ...(2 * stations > roomFromTheStart ? ['fdb config set max 131072'] : []),
      'interface add bridge br0',
      'interface set port p0 domain br0',
      'interface set port p1 domain br0',
      ...range(stations).map((station) => `fdb add ${nearMac(station)} iface p0`),
      ...range(stations).map((station) => `fdb add ${farMac(station)} iface p1`),
    ],
    openVSwitch: (transmit) => ({
      bridges: [{ name: 'br0', ports: { p0: receivePort, p1: transmit } }],
      stations: range(stations).map((station) => ({ bridge: 'br0', port: 'p1', mac: farMac(station) })),
    }),
  };
}

// Grout's own limit is 4096; what arrives is learnt besides.
const roomFromTheStart = 2048;
