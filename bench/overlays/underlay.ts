import { type BridgePlan, receivePort, type SwitchPlan } from '../peers/ovs-switch.ts';
import { receiverMac } from '../traffic.ts';
import type { Ends } from './outer.ts';

/** The way from p1 to the far end of a tunnel, by one router on the link. */
export const toFarEnd = {
  local: '172.16.0.1',
  router: '172.16.1.0',
  routerMac: '02:00:00:00:01:00',
  remote: '10.200.0.1',
} as const;

/** What leaves by p1 in a tunnel. */
export const leaving: Ends = { source: toFarEnd.local, destination: toFarEnd.remote };

/** What arrives at p0 in a tunnel. */
export const arriving: Ends = { source: '192.168.0.2', destination: '192.168.0.1' };

/** Gives p1 an address. */
export const portAddressLine = `address add ${toFarEnd.local}/16 iface p1`;

/** Gives p1 an address and the far end a next hop that is known already. */
export const leavingLines: readonly string[] = [
  portAddressLine,
  `nexthop add l3 iface p1 id 1 address ${toFarEnd.router} mac ${toFarEnd.routerMac}`,
  `route add ${toFarEnd.remote}/32 via ${toFarEnd.router}`,
];

/** Gives p0 the address of the tunnel's end. */
export const arrivingLines: readonly string[] = [`address add ${arriving.destination}/24 iface p0`];

/** The same for Open vSwitch, whose bridge "under" has p1 then. */
export const leavingUnder: Pick<SwitchPlan, 'host' | 'neighbors'> = {
  host: [
    `address add ${toFarEnd.local}/16 dev under`,
    'link set under up',
    `route add ${toFarEnd.remote}/32 via ${toFarEnd.router}`,
  ],
  neighbors: [{ bridge: 'under', address: toFarEnd.router, mac: toFarEnd.routerMac }],
};

/** Open vSwitch's bridge that has p0 and is addressed by what arrives there in a tunnel. */
export const arrivingBridge: BridgePlan = {
  name: 'under',
  ports: { p0: receivePort },
  settings: [`other-config:hwaddr=${receiverMac}`],
};

/** Gives that bridge the address of the tunnel's end. */
export const arrivingUnder: Pick<SwitchPlan, 'host'> = {
  host: [`address add ${arriving.destination}/24 dev under`, 'link set under up'],
};
