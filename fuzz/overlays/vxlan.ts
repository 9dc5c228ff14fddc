import { INTERFACE_FAR_ENDS, INTERFACE_RUNNING, INTERFACE_UP } from '../../src/features/interface/layout.ts';
import { forwarding } from '../../src/features/ip/testing/topology.ts';
import { VXLAN_BRIDGED, VXLAN_IP6, VXLAN_READY } from '../../src/features/vxlan/layout.ts';
import type { VxlanFunctions } from '../../src/features/vxlan/table-functions.ts';
import { endWords } from '../../src/features/vxlan/vxlan.ts';
import { parseAddress } from '../../src/net/address.ts';
import { parseMac } from '../../src/net/mac.ts';
import { type Ground, hexOf, macKey, numberOf } from './ground.ts';

const PORT = 4789;
const MTU = 1450;
const VRF = 1;

/** A network of VXLAN that the router is in. */
interface Plan {
  readonly id: number;
  readonly vni: number;
  readonly local: string;
  readonly far: readonly string[];
  /** Interface id of the bridge that it is a member of. */
  readonly bridge?: number;
  readonly isDown?: true;
}

const mac = '02:00:00:00:0d:01';
/** A router at the far end, which routes lead to. */
const station = '02:00:00:00:0e:01';

export const vxlanPlans: readonly Plan[] = [
  { id: 16, vni: 100, local: '10.0.1.1', far: ['10.0.2.2'] },
  { id: 17, vni: 101, local: '2001:db8:1::1', far: ['2001:db8:2::2'] },
  { id: 18, vni: 200, local: '10.0.1.1', far: ['10.0.2.2', '198.51.100.1', '10.0.1.2'], bridge: 10 },
  { id: 19, vni: 201, local: '2001:db8:1::1', far: ['2001:db8:2::2', '2001:db8:f0::1'], bridge: 10 },
  { id: 26, vni: 102, local: '10.0.1.1', far: ['10.0.2.2'], isDown: true },
];

/** Adds interfaces of type vxlan: routed ones, to which routes lead, and members of a bridge. */
export function addVxlans(ground: Ground): ReadonlyMap<string, number> {
  const { bench } = ground.topology;
  const functions = bench.tables<Functions>(functionNames);
  const farEnds = new Map<string, number>();
  bench.view.setUint16(
    bench.region('UDP_PORTS') + (((PORT & 0xff) << 8) | (PORT >> 8)) * 2,
    bench.node('vxlan-input'),
    true,
  );
  for (const [i, plan] of vxlanPlans.entries()) {
    for (const far of plan.far) {
      const { low, high } = endWords(parseAddress(far));
      if (!farEnds.has(far)) farEnds.set(far, functions.putFarEnd(low, high));
    }
    add(ground, functions, plan, farEnds);
    if (plan.isDown) leadTo(ground, plan);
    else if (plan.bridge === undefined) route(ground, functions, plan, { farEnds, at: i });
  }
  return farEnds;
}

function add(ground: Ground, functions: Functions, plan: Plan, farEnds: ReadonlyMap<string, number>): void {
  const { id, vni, local, far, bridge, isDown } = plan;
  const { bench, interfaces } = ground.topology;
  interfaces.write(id, {
    flags: INTERFACE_UP | INTERFACE_RUNNING | (bridge === undefined ? 0 : INTERFACE_FAR_ENDS),
    vrf: VRF,
    mtu: MTU,
    mac: parseMac(mac),
    port: 0,
    modeNode: bench.node(bridge === undefined ? 'ether-input' : 'bridge-input'),
    outputNode: bench.node('vxlan-output'),
    domain: bridge ?? 0,
  });
  const flags =
    (isDown ? 0 : VXLAN_READY) |
    (bridge === undefined ? 0 : VXLAN_BRIDGED) |
    (local.includes(':') ? VXLAN_IP6 : 0);
  const { low, high } = endWords(parseAddress(local));
  functions.setVxlan(id, flags, VRF, vni, PORT, low, high);
  functions.bindVni(VRF, vni, id);
  const list = functions.newFloodList(far.length);
  for (const [i, address] of far.entries()) functions.setFloodMember(list, i, farEnds.get(address) ?? 0);
  functions.publishFloodList(id, list, far.length);
  ground.interfaces.push(id);
  ground.innerMacs.push(numberOf(mac));
  ground.tunnels.push({ kind: 'vxlan', local: hexOf(local), remotes: far.map(hexOf), port: PORT, vni });
}

/** Lets routes lead to the station behind a far end, with an MTU of their own. */
function route(
  ground: Ground,
  functions: Functions,
  { id, far }: Plan,
  { farEnds, at }: { readonly farEnds: ReadonlyMap<string, number>; readonly at: number },
): void {
  const { topology } = ground;
  functions.putVxlanStation(id, macKey(station), farEnds.get(far[0] ?? '') ?? 0);
  const [first] = topology.links;
  const link = { ...first, id, mac };
  const nextHop = topology.nextHop({ ...forwarding, link, mac: station, mtu: MTU });
  const unknown = topology.nextHop({ ...forwarding, link, mac: '02:00:00:00:0e:02', mtu: 1280 });
  for (const [place, hop] of [
    [110 + at * 2, nextHop],
    [111 + at * 2, unknown],
  ] as const) {
    ground.route(place, hop);
  }
}

/** Lets a route lead to an interface that is down. */
function leadTo(ground: Ground, { id }: Plan): void {
  const [first] = ground.topology.links;
  ground.route(133, ground.topology.nextHop({ ...forwarding, link: { ...first, id, mac }, mac: station }));
}

type Functions = Pick<VxlanFunctions, (typeof functionNames)[number]>;

const functionNames = [
  'setVxlan',
  'bindVni',
  'putFarEnd',
  'putVxlanStation',
  'newFloodList',
  'setFloodMember',
  'publishFloodList',
] as const;
