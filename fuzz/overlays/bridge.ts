import {
  BRIDGE_FLOOD,
  BRIDGE_LEARN,
  BRIDGE_SUPPRESS,
  BRIDGE_UP,
  FDB_STATIC,
} from '../../src/features/bridge/layout.ts';
import { INTERFACE_RUNNING, INTERFACE_UP } from '../../src/features/interface/layout.ts';
import { forwarding } from '../../src/features/ip/testing/topology.ts';
import { addressWords, familyNumber } from '../../src/features/neighbor/index.ts';
import { NEXT_HOP_CONNECTED, NEXT_HOP_LOCAL } from '../../src/features/neighbor/layout.ts';
import { parseAddress } from '../../src/net/address.ts';
import { parseMac } from '../../src/net/mac.ts';
import { addressesOf } from '../generate/places.ts';
import type { BridgeFault } from '../input.ts';
import { type Ground, hexOf, macKey, numberOf, placeOf } from './ground.ts';
import { BRIDGED_WIRE } from './mpls.ts';

const BRIDGE = 10;
const mac = '02:00:00:00:0a:01';
const MTU = 1500;
/** Members that are ports of their own; the second one takes shorter frames only. */
const ports = [
  { id: 11, port: 5, mtu: MTU },
  { id: 12, port: 6, mtu: 200 },
];

/** The bridge, which answers for the stations that it knows, or leaves that to them. */
export interface FuzzedBridge {
  set(suppresses: boolean, fault: BridgeFault | undefined): void;
}

/** Adds a bridge with addresses, two ports, a VLAN, tunnels and a pseudowire as members, and some stations that it knows. */
export function addBridge(ground: Ground, farEnds: ReadonlyMap<string, number>): FuzzedBridge {
  const { topology } = ground;
  const functions = topology.bench.tables<BridgeFunctions>(functionNames);
  functions.seedFdb(0x1234_5678_9abc_def1n);
  functions.setFdbState(1, 0);
  addInterface(ground);
  for (const port of ports) addPort(ground, port);
  const members = [11, 12, 21, 18, 19, BRIDGED_WIRE];
  const list = functions.newBridgeMembers(members.length);
  for (const [i, member] of members.entries()) functions.setBridgeMember(list, i, member);
  functions.publishBridgeMembers(BRIDGE, list);
  for (const [station, iface, far] of [
    ['02:00:00:00:0b:01', 11, 0],
    ['02:00:00:00:0b:02', 12, 0],
    ['02:00:00:00:0b:03', 21, 0],
    ['02:00:00:00:0b:04', 18, farEnds.get('10.0.2.2') ?? 0],
    ['02:00:00:00:0b:05', 19, farEnds.get('2001:db8:2::2') ?? 0],
    ['02:00:00:00:0b:06', BRIDGED_WIRE, 0],
  ] as const) {
    functions.putStation(macKey(station) | (BigInt(BRIDGE) << 48n), 0, iface, far, FDB_STATIC);
    for (const address of addressesOf(Number(station.at(-1)))) know(ground, functions, address, station);
  }
  for (let i = 1; i < 10; i++) ground.station(`02:00:00:00:0b:0${i}`, [1, 5, 6], MTU);
  addRoutes(ground);
  return { set: (suppresses, fault) => functions.setBridge(BRIDGE, flagsOf(suppresses, fault), 300) };
}

function flagsOf(suppresses: boolean, fault: BridgeFault | undefined): number {
  const up = fault === 'down' ? 0 : BRIDGE_UP;
  const floods = fault === 'no-flood' ? 0 : BRIDGE_FLOOD;
  return up | BRIDGE_LEARN | floods | (suppresses ? BRIDGE_SUPPRESS : 0);
}

/** Lets the bridge know who has an address. */
function know(ground: Ground, functions: BridgeFunctions, text: string, station: string): void {
  const address = parseAddress(text);
  const { low, high } = addressWords(address);
  const scope = (BRIDGE | (familyNumber(address) << 28)) >>> 0;
  functions.putBridgeNeighbor(scope, low, high, macKey(station));
  ground.neighbors.set(hexOf(text), numberOf(station));
}

/** The bridge as an interface of the router. */
function addInterface({ topology, interfaces, macs, innerMacs }: Ground): void {
  const { bench } = topology;
  topology.interfaces.write(BRIDGE, {
    flags: INTERFACE_UP | INTERFACE_RUNNING,
    vrf: 1,
    mtu: MTU,
    mac: parseMac(mac),
    port: 0,
    modeNode: bench.node('ether-input'),
    outputNode: bench.node('bridge-output'),
    domain: 0,
  });
  interfaces.push(BRIDGE);
  innerMacs.push(numberOf(mac));
  macs.set(placeOf(1, [20]), [numberOf(mac)]);
}

function addPort(ground: Ground, { id, port, mtu }: (typeof ports)[number]): void {
  const { bench, interfaces } = ground.topology;
  interfaces.write(id, {
    flags: INTERFACE_UP | INTERFACE_RUNNING,
    vrf: 1,
    mtu,
    mac: parseMac(`02:00:00:00:00:${id}`),
    port,
    modeNode: bench.node('bridge-input'),
    outputNode: bench.node('port-tx'),
    domain: BRIDGE,
  });
  bench.view.setUint16(bench.region('PORT_INTERFACES') + port * 2, id, true);
  ground.interfaces.push(id);
  ground.ports.add(port);
  ground.bridged.set(placeOf(port, []), mtu);
  ground.macs.set(placeOf(port, []), [numberOf(mac)]);
}

/** An address of the bridge, its subnet, and routes to stations behind it. */
function addRoutes(ground: Ground): void {
  const { topology } = ground;
  const [first] = topology.links;
  const link = { ...first, id: BRIDGE, mac };
  const local = topology.nextHop({ stage4: 'ip4-local', stage6: 'ip6-local', link, flags: NEXT_HOP_LOCAL });
  const connected = topology.nextHop({ ...forwarding, link, flags: NEXT_HOP_CONNECTED });
  topology.route('10.0.10.0/24', connected);
  topology.route('10.0.10.1/32', local);
  topology.route('2001:db8:a::/64', connected);
  topology.route('2001:db8:a::1/128', local);
  for (const address of ['10.0.10.1', '2001:db8:a::1']) ground.answer(BRIDGE, address);
  for (const [i, station] of ['01', '03', '04', '09'].entries())
    ground.route(119 + i, topology.nextHop({ ...forwarding, link, mac: `02:00:00:00:0b:${station}` }));
}

interface BridgeFunctions {
  seedFdb(seed: bigint): void;
  setFdbState(second: number, full: number): void;
  setBridge(iface: number, flags: number, ageing: number): void;
  newBridgeMembers(count: number): number;
  setBridgeMember(members: number, place: number, iface: number): void;
  publishBridgeMembers(iface: number, members: number): void;
  putStation(key: bigint, vlan: number, iface: number, far: number, flags: number): number;
  putBridgeNeighbor(scope: number, low: bigint, high: bigint, mac: bigint): number;
}

const functionNames = [
  'seedFdb',
  'setFdbState',
  'setBridge',
  'newBridgeMembers',
  'setBridgeMember',
  'publishBridgeMembers',
  'putStation',
  'putBridgeNeighbor',
] as const;
