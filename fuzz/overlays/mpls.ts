import { INTERFACE_FAR_ENDS, INTERFACE_RUNNING, INTERFACE_UP } from '../../src/features/interface/layout.ts';
import { encapsulating, forwarding } from '../../src/features/ip/testing/topology.ts';
import {
  LABEL_CONTROL_WORD,
  LABEL_TO_INTERFACE,
  LABEL_TO_NEXT_HOP,
  LABEL_TO_STACK,
  LABEL_TO_VRF,
  STACK_COPIES,
} from '../../src/features/mpls/layout.ts';
import type { MplsTunnelFunctions } from '../../src/features/mpls-tunnel/table-functions.ts';
import { addressWords } from '../../src/features/neighbor/index.ts';
import { parseAddress } from '../../src/net/address.ts';
import { parseMac } from '../../src/net/mac.ts';
import { wireMac } from '../generate/places.ts';
import { type Ground, hexOf, numberOf } from './ground.ts';

const MTU = 1400;
const VRF = 1;
/** A pseudowire that is a member of the bridge, with a control word, and one that is routed, without. */
export const BRIDGED_WIRE = 24;
const ROUTED_WIRE = 25;
const BRIDGE = 10;
/** A sub-interface that is down (vlan.ts). */
const DOWN = 23;
/** Records of tunnels behind those that lead somewhere. */
const LOST_TUNNELS = 16;

/** A next hop that pushes labels, and the one behind it. */
interface Push {
  readonly labels: readonly number[];
  readonly via: number;
  readonly ttl?: number;
}

/** Adds labels of every kind that mean something here, next hops that push some, and tunnels that carry them. */
export function addLabels(ground: Ground): void {
  const { topology } = ground;
  const { bench } = topology;
  const functions = bench.tables<MplsFunctions>(functionNames);
  functions.hookMpls();
  topology.takeType(0x8847, 'mpls-receive');
  for (const id of [1, 2, 11, 20]) functions.setTakesLabels(id, 1);
  const stacks = new Stacks(functions);
  const neighbor = topology.neighbor(topology.links[1]);
  const unknown = topology.nextHop({ ...forwarding, link: topology.links[1], mtu: 1500 });
  const ways = [neighbor, ...addTunnels(ground), unknown];
  const push = (stack: Push) => {
    const nextHop = topology.nextHop({ ...encapsulating, mtu: MTU });
    functions.setNextHopOutput(nextHop, bench.node('mpls-push'), stacks.add(stack));
    for (const label of stack.labels) ground.labels.add(label);
    return nextHop;
  };
  const pushes = [
    ...ways.map((via) => push({ labels: [1000], via })),
    push({ labels: [1000, 1001, 2], via: ways[1] ?? 0, ttl: 255 }),
  ];
  pushes.push(push({ labels: [1002], via: pushes[1] ?? 0 }));
  for (const [i, nextHop] of pushes.slice(0, 3).entries()) ground.route(123 + i, nextHop);
  for (const [i, nextHop] of pushes.slice(3).entries()) topology.route(`198.51.${100 + i}.128/25`, nextHop);
  for (const label of [1000, 1001, 1002]) ground.labels.add(label);
  addLostWays(ground, push, ways.slice(1, 3));
  addWires(ground, functions, [
    push({ labels: [1003], via: neighbor }),
    push({ labels: [1004, 1005], via: ways[1] ?? 0 }),
  ]);
  const swap = (via: number) => stacks.add({ labels: [1000, 1001], via });
  const meanings: readonly (readonly [number, number, number])[] = [
    [16, LABEL_TO_VRF, VRF],
    [17, LABEL_TO_VRF, 2 | (3 << 8)],
    [18, LABEL_TO_NEXT_HOP, neighbor],
    [19, LABEL_TO_STACK, swap(neighbor)],
    [20, LABEL_TO_STACK, swap(ways[1] ?? 0)],
    [21, LABEL_TO_INTERFACE, 11],
    [22, LABEL_TO_INTERFACE, 18 | LABEL_CONTROL_WORD],
    [23, LABEL_TO_NEXT_HOP, pushes[0] ?? 0],
    [24, LABEL_TO_STACK, swap(unknown)],
    [25, LABEL_TO_INTERFACE, 1],
    [26, LABEL_TO_INTERFACE, BRIDGED_WIRE | LABEL_CONTROL_WORD],
    [27, LABEL_TO_INTERFACE, ROUTED_WIRE],
    ...narrowWays(ground, ways).map((via, i) => [28 + i, LABEL_TO_STACK, swap(via)] as const),
    [33, LABEL_TO_INTERFACE, DOWN],
    [34, LABEL_TO_NEXT_HOP, topology.nextHop({ ...forwarding, mtu: 0 })],
  ];
  for (const meaning of meanings) functions.setLabel(...meaning);
  for (const label of [0, 2, ...meanings.map(([number]) => number)]) ground.labelsTaken.add(label);
}

/** Ways for packets with labels that are narrow, the last of them a tunnel; and those that lead nowhere. */
function narrowWays(ground: Ground, ways: readonly number[]): readonly number[] {
  const { topology } = ground;
  const link = topology.links[1];
  const narrow = [100, 1280].map((mtu) => {
    const mac = `02:00:00:00:0f:${mtu === 100 ? '01' : '02'}`;
    ground.station(mac, [link.port], mtu);
    return topology.neighbor(link, { mac, mtu });
  });
  const tunnel = topology.nextHop({ ...encapsulating, mtu: 100 });
  const functions = topology.bench.tables<TunnelFunctions>(tunnelFunctionNames);
  functions.setNextHopOutput(tunnel, topology.bench.node('mplsoudp-output'), 1);
  const nobody = topology.nextHop({ stage4: 'ip4-group', stage6: 'ip6-group', members: [] });
  const group = topology.nextHop({
    stage4: 'ip4-group',
    stage6: 'ip6-group',
    members: [ways[0] ?? 0, tunnel],
  });
  return [...narrow, tunnel, nobody, group];
}

/** Routes into tunnels without labels in front, and into those that are down. */
function addLostWays(ground: Ground, push: (stack: Push) => number, tunnels: readonly number[]): void {
  const { topology } = ground;
  const functions = topology.bench.tables<TunnelFunctions>(tunnelFunctionNames);
  for (const [i, stage] of ['mplsoudp-output', 'mplsogre-output'].entries()) {
    const down = topology.nextHop(encapsulating);
    functions.setMplsTunnel(LOST_TUNNELS + i, 0, VRF, 6635, 0n, 0n, 0n, 0n);
    functions.setNextHopOutput(down, topology.bench.node(stage), LOST_TUNNELS + i);
    ground.route(128 + 2 * i, tunnels[i] ?? 0);
    ground.route(129 + 2 * i, push({ labels: [1000], via: down }));
  }
}

/** Two pseudowires: one to a neighbour, and one through a tunnel to a router behind which are routes. */
function addWires(ground: Ground, functions: MplsFunctions, nextHops: readonly [number, number]): void {
  const { topology, interfaces, innerMacs } = ground;
  const { bench } = topology;
  const record = { vrf: VRF, mac: parseMac(wireMac), port: 0, outputNode: bench.node('pseudowire-output') };
  const flags = INTERFACE_UP | INTERFACE_RUNNING;
  functions.setPseudowire(BRIDGED_WIRE, nextHops[0], 1);
  topology.interfaces.write(BRIDGED_WIRE, {
    ...record,
    flags: flags | INTERFACE_FAR_ENDS,
    mtu: MTU - 18,
    modeNode: bench.node('bridge-input'),
    domain: BRIDGE,
  });
  functions.setPseudowire(ROUTED_WIRE, nextHops[1], 0);
  topology.interfaces.write(ROUTED_WIRE, {
    ...record,
    flags,
    mtu: MTU - 14,
    modeNode: bench.node('ether-input'),
    domain: 0,
  });
  interfaces.push(BRIDGED_WIRE, ROUTED_WIRE);
  innerMacs.push(numberOf(wireMac));
  const [first] = topology.links;
  const link = { ...first, id: ROUTED_WIRE, mac: wireMac };
  ground.route(126, topology.nextHop({ ...forwarding, link, mac: '02:00:00:00:0e:03', mtu: MTU - 14 }));
  ground.route(127, topology.nextHop({ ...forwarding, link, mac: '02:00:00:00:0e:04', mtu: 1280 }));
}

/** Tunnels in UDP and GRE, over IPv4 and IPv6. */
function addTunnels(ground: Ground): readonly number[] {
  const { topology } = ground;
  const { bench } = topology;
  const functions = bench.tables<TunnelFunctions>(tunnelFunctionNames);
  for (const family of ['protocol4', 'protocol6'] as const) topology.take(family, 47, 'gre-input');
  for (const port of [6635, 51234]) ground.takePort(port, 'mplsoudp-input');
  functions.setMplsUnderlay(VRF, 1);
  return tunnels.map(({ kind, stage, local, remote }, i) => {
    const [near, far] = [addressWords(parseAddress(local)), addressWords(parseAddress(remote))];
    const family = local.includes(':') ? 6 : 4;
    functions.setMplsTunnel(i + 1, family, VRF, 6635, near.low, near.high, far.low, far.high);
    const nextHop = topology.nextHop({ ...encapsulating, mtu: MTU + 40 });
    functions.setNextHopOutput(nextHop, bench.node(stage), i + 1);
    const port = kind === 'labels-in-udp' ? { port: 6635 } : {};
    ground.tunnels.push({ kind, local: hexOf(local), remotes: [hexOf(remote)], ...port });
    return nextHop;
  });
}

const tunnels = [
  { kind: 'labels-in-udp', stage: 'mplsoudp-output', local: '10.0.1.1', remote: '10.0.2.2' },
  { kind: 'labels-in-gre', stage: 'mplsogre-output', local: '10.0.1.1', remote: '198.51.100.1' },
  { kind: 'labels-in-udp', stage: 'mplsoudp-output', local: '2001:db8:1::1', remote: '2001:db8:f0::1' },
  { kind: 'labels-in-gre', stage: 'mplsogre-output', local: '2001:db8:1::1', remote: '2001:db8:2::2' },
  { kind: 'labels-in-udp', stage: 'mplsoudp-output', local: '10.0.1.1', remote: '10.0.3.77' },
] as const;

/** Stacks of labels, each under a number of its own. */
class Stacks {
  readonly #functions: MplsFunctions;
  #count = 0;

  constructor(functions: MplsFunctions) {
    this.#functions = functions;
  }

  add({ labels, via, ttl }: Push): number {
    const index = ++this.#count;
    for (const [place, label] of labels.entries()) this.#functions.setStackLabel(index, place, label);
    this.#functions.setLabelStack(index, via, labels.length, ttl ?? STACK_COPIES, STACK_COPIES);
    return index;
  }
}

interface MplsFunctions {
  hookMpls(): void;
  setTakesLabels(iface: number, takes: number): void;
  setLabel(label: number, kind: number, value: number): void;
  setLabelStack(index: number, nextHop: number, count: number, ttl: number, trafficClass: number): void;
  setStackLabel(index: number, place: number, label: number): void;
  setNextHopOutput(index: number, node: number, record: number): void;
  setPseudowire(iface: number, nextHop: number, controlWord: number): void;
}

const functionNames = [
  'hookMpls',
  'setTakesLabels',
  'setLabel',
  'setLabelStack',
  'setStackLabel',
  'setNextHopOutput',
  'setPseudowire',
] as const;

interface TunnelFunctions extends MplsTunnelFunctions {
  setNextHopOutput(index: number, node: number, record: number): void;
}

const tunnelFunctionNames = ['setMplsTunnel', 'setMplsUnderlay', 'setNextHopOutput'] as const;
