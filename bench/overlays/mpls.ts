import { receivePort, type SwitchPlan } from '../peers/ovs-switch.ts';
import { neighborLines, routeLines } from '../peers/router-script.ts';
import { fewIpv4Routes } from '../workload.ts';
import {
  type Ends,
  mplsOverGreFrame,
  mplsOverUdpFrame,
  openMplsOverGre,
  openMplsOverUdp,
  openRouted,
  unrouted,
} from './outer.ts';
import type { Task } from './task.ts';
import {
  arriving,
  arrivingBridge,
  arrivingLines,
  arrivingUnder,
  leaving,
  leavingLines,
  leavingUnder,
  portAddressLine,
  toFarEnd,
} from './underlay.ts';

/** What a labelled packet is carried in, by the name of its next hop. */
export type Carrier = 'mplsoudp' | 'mplsogre';

const label = 100;

/** Gives packets of 256 routes one label, as those of a VRF have, and puts them into a tunnel. */
export function labelEncapsulation(carrier: Carrier): Task {
  const { routes, frames } = fewIpv4Routes();
  return {
    frames,
    open: (frame) => unrouted(carriers[carrier].open(frame, { ...leaving, label })),
    carried: frames.map(openRouted),
    lines: [
      ...arrivingLines,
      ...leavingLines,
      `nexthop add ${carrier} remote ${leaving.destination} local ${leaving.source} id ${tunnelId}`,
      `nexthop add mpls label ${label} via ${tunnelId} id ${labelId}`,
      ...routes.map(({ destination }) => `route add ${destination} via id ${labelId}`),
    ],
    ...(carrier === 'mplsogre' && { openVSwitch: switchedEncapsulation }),
  };
}

/** Takes labelled packets out of a tunnel and routes them by 256 routes. */
export function labelDecapsulation(carrier: Carrier): Task {
  const { routes, frames } = fewIpv4Routes();
  return {
    frames: frames.map((frame) => carriers[carrier].wrap(frame.subarray(etherBytes), { ...arriving, label })),
    open: openRouted,
    carried: frames.map(openRouted),
    lines: [
      ...arrivingLines,
      portAddressLine,
      ...neighborLines('ipv4'),
      ...routeLines(routes),
      `nexthop add ${carrier} remote ${arriving.source} local ${arriving.destination} id ${tunnelId}`,
      `label add ${label} vrf main`,
    ],
    ...(carrier === 'mplsogre' && { openVSwitch: switchedDecapsulation }),
  };
}

function switchedEncapsulation(transmit: readonly string[]): SwitchPlan {
  const push = `dec_ttl,push_mpls:0x8847,set_field:${label}->mpls_label,output:tunnel`;
  return {
    bridges: [
      { name: 'br0', ports: { p0: receivePort, tunnel: grePort(leaving.destination) } },
      { name: 'under', ports: { p1: transmit } },
    ],
    rules: { br0: [`in_port=p0,ip,actions=${push}`] },
    ...leavingUnder,
  };
}

function switchedDecapsulation(transmit: readonly string[]): SwitchPlan {
  const macs = `mod_dl_src:02:00:00:00:00:11,mod_dl_dst:${toFarEnd.routerMac}`;
  return {
    bridges: [arrivingBridge, { name: 'br0', ports: { p1: transmit, tunnel: grePort(arriving.source) } }],
    rules: {
      br0: [
        `table=0,in_port=tunnel,mpls,mpls_label=${label},actions=pop_mpls:0x0800,goto_table:1`,
        `table=1,ip,actions=${macs},dec_ttl,output:p1`,
      ],
    },
    ...arrivingUnder,
  };
}

// No Ethernet header is inside.
function grePort(remote: string): readonly string[] {
  return ['type=gre', `options:remote_ip=${remote}`, 'options:packet_type=legacy_l3'];
}

const etherBytes = 14;
const tunnelId = 1000;
const labelId = 1001;

type Labelled = Ends & { readonly label: number };

const carriers: Readonly<Record<Carrier, CarrierCodec>> = {
  mplsoudp: { wrap: mplsOverUdpFrame, open: openMplsOverUdp },
  mplsogre: { wrap: mplsOverGreFrame, open: openMplsOverGre },
};

interface CarrierCodec {
  readonly wrap: (packet: Uint8Array, around: Labelled) => Uint8Array;
  readonly open: (frame: Uint8Array, around: Labelled) => Uint8Array;
}
