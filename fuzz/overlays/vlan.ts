import {
  INTERFACE_RECORD_BYTES,
  INTERFACE_RUNNING,
  INTERFACE_UP,
} from '../../src/features/interface/layout.ts';
import { forwarding } from '../../src/features/ip/testing/topology.ts';
import { SERVICE_TAG } from '../../src/features/vlan/layout.ts';
import { parseMac } from '../../src/net/mac.ts';
import { type Ground, numberOf, placeOf } from './ground.ts';

/** A sub-interface: where it is, behind which tags, and what it belongs to. */
interface Plan {
  readonly id: number;
  readonly parent: number;
  readonly port: number;
  readonly tags: readonly number[];
  readonly service?: boolean;
  readonly vrf?: number;
  /** Interface id of the bridge that it is a member of. */
  readonly bridge?: number;
  readonly down?: boolean;
}

const mac = '02:00:00:00:14:01';
const MTU = 1500;

/** Of link 1, of that one, of link 2 as a member of the bridge, and one that is down. */
const plans: readonly Plan[] = [
  { id: 20, parent: 1, port: 0, tags: [10] },
  { id: 22, parent: 20, port: 0, tags: [10, 30], vrf: 2 },
  { id: 21, parent: 2, port: 1, tags: [20], service: true, bridge: 10 },
  { id: 23, parent: 5, port: 4, tags: [10], service: true, down: true },
];

/** Adds sub-interfaces, and routes to neighbours behind two of them. */
export function addVlans(ground: Ground): void {
  const { bench } = ground.topology;
  const functions = bench.tables<VlanFunctions>(['setVlanBlock', 'setVlanMember']);
  for (const etherType of [0x8100, 0x88a8]) ground.topology.takeType(etherType, 'vlan-priority');
  for (const [i, plan] of plans.entries()) add(ground, functions, plan, i + 1);
  for (const [place, id] of [
    [116, 20],
    [117, 22],
    [118, 23],
  ] as const) {
    const [first] = ground.topology.links;
    const station = `02:00:00:00:14:${id}`;
    const nextHop = ground.topology.nextHop({ ...forwarding, link: { ...first, id, mac }, mac: station });
    ground.route(place, nextHop);
    ground.station(station, [id === 23 ? 4 : 0], MTU);
  }
}

function add(ground: Ground, functions: VlanFunctions, plan: Plan, block: number): void {
  const { id, parent, port, tags, service, vrf = 1, bridge, down } = plan;
  const { bench, interfaces } = ground.topology;
  const vlan = tags.at(-1) ?? 0;
  interfaces.write(id, {
    flags: (down ? 0 : INTERFACE_UP) | INTERFACE_RUNNING,
    vrf,
    mtu: MTU,
    mac: parseMac(mac),
    port: 0,
    modeNode: bench.node(bridge === undefined ? 'ether-input' : 'bridge-input'),
    outputNode: bench.node('vlan-output'),
    domain: bridge ?? 0,
    parent,
    tag: vlan | (service ? SERVICE_TAG : 0),
  });
  functions.setVlanBlock(parent, block);
  functions.setVlanMember(block, vlan, id);
  const firstNode = bench.region('INTERFACES') + parent * INTERFACE_RECORD_BYTES + 10;
  bench.view.setUint16(firstNode, bench.node('vlan-input'), true);
  ground.interfaces.push(id);
  ground.strips.add(port);
  if (bridge === undefined) ground.macs.set(placeOf(port, tags), [numberOf(mac)]);
  else ground.bridged.set(placeOf(port, tags), MTU);
}

interface VlanFunctions {
  setVlanBlock(parent: number, block: number): void;
  setVlanMember(block: number, vlan: number, id: number): void;
}
