import { tableFunctions } from '../../engine/host/datapath.ts';
import type { ScratchDatapath } from '../../engine/host/scratch-datapath.ts';
import { checkExchange, type Exchange, trialBothWays } from '../../engine/host/trial-both-ways.ts';
import { addressToBytes, parseAddress } from '../../net/address.ts';
import { etherFrame, icmpMessage, icmpv6Message, ipv4Packet, ipv6Packet } from '../../net/frame/build.ts';
import { parseMac } from '../../net/mac.ts';
import { etherTypeEntry } from '../ether/index.ts';
import { InterfaceTable } from '../interface/index.ts';
import { INTERFACE_UP } from '../interface/layout.ts';
import { macWord } from '../neighbor/index.ts';
import { NEXT_HOP_LOCAL, NEXT_HOP_RESOLVED } from '../neighbor/layout.ts';
import { inputStages } from './input-stages.ts';

/**
 * What a build must do with IP packets, on the fast way and stage by stage:
 *
 *   host 10.0.1.2, fd00:1::2 ── 10.0.1.1, fd00:1::1 │ interface 1, port 0
 *   host 10.0.2.2, fd00:2::2 ── 10.0.2.1, fd00:2::1 │ interface 2, port 1
 */
export const ipTrial = trialBothWays('forwards IPv4 and IPv6, and answers pings', {
  setUp,
  check(datapath) {
    for (const exchange of exchanges) checkExchange(datapath, { from: 0, ...exchange });
  },
});

const router = ['', '02:00:00:00:00:01', '02:00:00:00:00:02'] as const;
const host = ['', '02:00:00:00:01:01', '02:00:00:00:01:02'] as const;
const payload = new Uint8Array(32).fill(7);

function ipv4(source: string, destination: string, type: number, ttl: number): Uint8Array {
  return ipv4Packet({ source, destination, protocol: 1, ttl }, icmpMessage({ type, rest: 7 }, payload));
}

function ipv6(source: string, destination: string, type: number, hopLimit: number): Uint8Array {
  const ends = { source, destination };
  return ipv6Packet({ ...ends, nextHeader: 58, hopLimit }, icmpv6Message({ type, rest: 7 }, payload, ends));
}

/** What a packet from the first host is to become. */
const exchanges: readonly Omit<Exchange, 'from'>[] = [
  {
    name: 'an IPv4 packet to the second host',
    received: fromHost(0x0800, ipv4('10.0.1.2', '10.0.2.2', 8, 64)),
    to: 1,
    sent: toHost(2, 0x0800, ipv4('10.0.1.2', '10.0.2.2', 8, 63)),
  },
  {
    name: 'an IPv6 packet to the second host',
    received: fromHost(0x86dd, ipv6('fd00:1::2', 'fd00:2::2', 128, 64)),
    to: 1,
    sent: toHost(2, 0x86dd, ipv6('fd00:1::2', 'fd00:2::2', 128, 63)),
  },
  {
    name: 'an IPv4 ping to the router',
    received: fromHost(0x0800, ipv4('10.0.1.2', '10.0.1.1', 8, 64)),
    to: 0,
    sent: toHost(1, 0x0800, ipv4('10.0.1.1', '10.0.1.2', 0, 64)),
  },
  {
    name: 'an IPv6 ping to the router',
    received: fromHost(0x86dd, ipv6('fd00:1::2', 'fd00:1::1', 128, 64)),
    to: 0,
    sent: toHost(1, 0x86dd, ipv6('fd00:1::1', 'fd00:1::2', 129, 64)),
  },
];

function fromHost(etherType: number, packet: Uint8Array): Uint8Array {
  return etherFrame({ destination: router[1], source: host[1], etherType }, packet);
}

function toHost(number: 1 | 2, etherType: number, packet: Uint8Array): Uint8Array {
  return etherFrame({ destination: host[number], source: router[number], etherType }, packet);
}

interface Tables {
  hookIp(): void;
  newFib(): number;
  setPrefix(root: number, address: number, length: number, nextHop: number): number;
  setNextHop(index: number, node4: number, node6: number, iface: number, mtu: number, flags: number): void;
  setNextHopMacs(index: number, destination: bigint, source: bigint): void;
}

const tableNames = ['hookIp', 'newFib', 'setPrefix', 'setNextHop', 'setNextHopMacs'] as const;

function setUp(datapath: ScratchDatapath): void {
  const tables = tableFunctions<Tables>(datapath.control.exports, tableNames);
  tables.hookIp();
  for (const [etherType, stage] of inputStages) {
    const entry = etherTypeEntry(datapath.region('ETHER_TYPES'), etherType);
    datapath.view.setUint16(entry, datapath.node(stage), true);
  }
  for (const roots of ['FIB4_ROOTS', 'FIB6_ROOTS']) {
    datapath.view.setUint32(datapath.region(roots) + VRF * 4, tables.newFib(), true);
  }
  for (const number of [1, 2] as const) addLink(datapath, tables, number);
}

function addLink(datapath: ScratchDatapath, tables: Tables, number: 1 | 2): void {
  const interfaces = new InterfaceTable((names) => tableFunctions(datapath.control.exports, names));
  interfaces.write(number, {
    flags: INTERFACE_UP,
    vrf: VRF,
    mtu: MTU,
    mac: parseMac(router[number]),
    port: number - 1,
    modeNode: datapath.node('ether-input'),
    outputNode: datapath.node('port-tx'),
    domain: 0,
  });
  datapath.view.setUint16(datapath.region('PORT_INTERFACES') + (number - 1) * 2, number, true);
  const [local, neighbor] = [number * 2 - 1, number * 2];
  const stage = (name: string) => datapath.node(name);
  tables.setNextHop(local, stage('ip4-local'), stage('ip6-local'), number, MTU, NEXT_HOP_LOCAL);
  tables.setNextHop(neighbor, stage('ip4-forward'), stage('ip6-forward'), number, MTU, NEXT_HOP_RESOLVED);
  tables.setNextHopMacs(neighbor, macWord(parseMac(host[number])), macWord(parseMac(router[number])));
  for (const [address, nextHop] of [
    [`10.0.${number}.1`, local],
    [`fd00:${number}::1`, local],
    [`10.0.${number}.2`, neighbor],
    [`fd00:${number}::2`, neighbor],
  ] as const) {
    addRoute(datapath, tables, address, nextHop);
  }
}

function addRoute(datapath: ScratchDatapath, tables: Tables, text: string, nextHop: number): void {
  const bytes = addressToBytes(parseAddress(text));
  new Uint8Array(datapath.memory.buffer).set(bytes, SCRATCH);
  const roots = datapath.region(bytes.length === 4 ? 'FIB4_ROOTS' : 'FIB6_ROOTS');
  const root = datapath.view.getUint32(roots + VRF * 4, true);
  if (!tables.setPrefix(root, SCRATCH, bytes.length * 8, nextHop)) throw new Error(`no room for ${text}`);
}

const VRF = 1;
const MTU = 1500;
/** Memory that no table uses, for the addresses that control functions take by pointer. */
const SCRATCH = 4096;
