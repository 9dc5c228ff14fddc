import { receivePort } from '../peers/ovs-switch.ts';
import { addressedTo } from '../traffic.ts';
import { openRouted, openVxlan, vxlanFrame } from './outer.ts';
import { farMac, randomConversations, range } from './stations.ts';
import type { Task } from './task.ts';
import {
  arriving,
  arrivingBridge,
  arrivingLines,
  arrivingUnder,
  leaving,
  leavingLines,
  leavingUnder,
  toFarEnd,
} from './underlay.ts';

const vni = 100;
const stations = 256;

/** Puts bridged frames of p0 into VXLAN, to one far end behind which all stations are. */
export function vxlanEncapsulation(): Task {
  const frames = randomConversations(stations, 1024);
  return {
    frames,
    open: (frame) => openVxlan(frame, { ...leaving, vni }),
    carried: frames,
    lines: [
      ...leavingLines,
      'interface add bridge br0',
      `interface add vxlan vx0 vni ${vni} local ${leaving.source} domain br0`,
      'interface set port p0 domain br0',
      `flood vtep add ${leaving.destination} vni ${vni}`,
      ...range(stations).map((station) => `fdb add ${farMac(station)} iface vx0 vtep ${leaving.destination}`),
    ],
    openVSwitch: (transmit) => ({
      bridges: [
        { name: 'br0', ports: { p0: receivePort, vx0: tunnelPort(leaving.destination) } },
        { name: 'under', ports: { p1: transmit } },
      ],
      ...leavingUnder,
      stations: range(stations).map((station) => ({ bridge: 'br0', port: 'vx0', mac: farMac(station) })),
    }),
  };
}

/** Takes frames out of VXLAN and bridges them to p1. */
export function vxlanDecapsulation(): Task {
  const carried = randomConversations(stations, 1024);
  return {
    frames: carried.map((frame) => vxlanFrame(frame, { ...arriving, vni })),
    open: (frame) => frame,
    carried,
    lines: [
      ...arrivingLines,
      'interface add bridge br0',
      `interface add vxlan vx0 vni ${vni} local ${arriving.destination} domain br0`,
      'interface set port p1 domain br0',
      ...range(stations).map((station) => `fdb add ${farMac(station)} iface p1`),
    ],
    openVSwitch: (transmit) => ({
      bridges: [arrivingBridge, { name: 'br0', ports: { p1: transmit, vx0: tunnelPort(arriving.source) } }],
      ...arrivingUnder,
      stations: range(stations).map((station) => ({ bridge: 'br0', port: 'p1', mac: farMac(station) })),
    }),
  };
}

/** Takes packets out of the VXLANs of so many routed networks, and routes them to p1. */
export function vxlanNetworks(networks: number, frames: number): Task {
  const arrivals = randomConversations(stations, frames).map((frame) => addressedTo(gatewayMac, frame));
  return {
    frames: arrivals.map((frame, index) => vxlanFrame(frame, { ...arriving, vni: 1 + (index % networks) })),
    open: openRouted,
    carried: arrivals.map(openRouted),
    early: [
      ...leavingLines,
      `route add 10.128.0.0/16 via ${toFarEnd.router}`,
      `address add ${arriving.destination}/24 iface p1`,
      ...range(networks).map((index) => {
        return `interface add vxlan vx${index} vni ${1 + index} local ${arriving.destination} mac ${gatewayMac}`;
      }),
    ],
    lines: [],
  };
}

const gatewayMac = '02:00:00:00:02:00';

function tunnelPort(remote: string): readonly string[] {
  return ['type=vxlan', `options:remote_ip=${remote}`, `options:key=${vni}`];
}
