import { tableFunctions } from '../../engine/host/datapath.ts';
import type { ScratchDatapath } from '../../engine/host/scratch-datapath.ts';
import { checkExchange, trialBothWays } from '../../engine/host/trial-both-ways.ts';
import { addressToBytes, parseAddress, parseIpv4 } from '../../net/address.ts';
import { etherFrame, ipv4Packet, udpDatagram } from '../../net/frame/build.ts';
import { parseMac } from '../../net/mac.ts';
import { parsePrefix } from '../../net/prefix.ts';
import { InterfaceTable } from '../interface/index.ts';
import { INTERFACE_UP } from '../interface/layout.ts';
import { macWord } from '../neighbor/index.ts';
import { NEXT_HOP_RESOLVED } from '../neighbor/layout.ts';
import { MAX_SESSIONS, NAT_INPUT_PLACE, NAT_OUTPUT_PLACE } from './layout.ts';
import { RuleTable } from './rule-table.ts';
import { type RuleFunctions, ruleFunctionNames, type SessionFunctions } from './table-functions.ts';

/**
 * What a build must do with NAT, on the fast way and stage by stage: a datagram leaves by another address, and its answer
 * comes back.
 *
 *   station 10.0.31.2 │ interface 31, port 11        interface 32, port 12, 10.0.32.1 │ other end 10.0.32.2
 */
export const natTrial = trialBothWays('translates a source, and what comes back', { setUp, check });

const inside = { id: 31, port: 11, router: '02:00:00:00:1f:01', host: '02:00:00:00:1f:02' };
const outside = { id: 32, port: 12, router: '02:00:00:00:20:01', host: '02:00:00:00:20:02' };
type Link = typeof inside;

const station = '10.0.31.2';
const shared = '10.0.32.1';
const other = '10.0.32.2';

/** @throws Error with what came of it */
function check(datapath: ScratchDatapath): void {
  checkExchange(datapath, {
    name: 'a datagram of a station',
    from: inside.port,
    received: frameTo(inside, datagram(station, other, 64)),
    to: outside.port,
    sent: frameFrom(outside, datagram(shared, other, 63)),
  });
  checkExchange(datapath, {
    name: 'its answer',
    from: outside.port,
    received: frameTo(outside, datagram(other, shared, 64)),
    to: inside.port,
    sent: frameFrom(inside, datagram(other, station, 63)),
  });
}

function datagram(source: string, destination: string, ttl: number): Uint8Array {
  const ends = { source, destination };
  const ports = { source: 7000, destination: 7000 };
  return ipv4Packet({ ...ends, protocol: 17, ttl }, udpDatagram(ports, new Uint8Array(32).fill(7), ends));
}

function frameTo({ router, host }: Link, packet: Uint8Array): Uint8Array {
  return etherFrame({ destination: router, source: host, etherType: 0x0800 }, packet);
}

function frameFrom({ router, host }: Link, packet: Uint8Array): Uint8Array {
  return etherFrame({ destination: host, source: router, etherType: 0x0800 }, packet);
}

interface Tables extends Pick<SessionFunctions, 'setNatMax'> {
  newFib(): number;
  hookIp(): void;
  setPrefix(root: number, address: number, length: number, nextHop: number): number;
  setNextHop(index: number, node4: number, node6: number, iface: number, mtu: number, flags: number): void;
  setNextHopMacs(index: number, destination: bigint, source: bigint): void;
}

const tableNames = ['newFib', 'hookIp', 'setPrefix', 'setNextHop', 'setNextHopMacs', 'setNatMax'] as const;

function setUp(datapath: ScratchDatapath): void {
  const tables = tableFunctions<Tables>(datapath.control.exports, tableNames);
  tables.hookIp();
  datapath.view.setUint16(datapath.region('ETHER_TYPES') + 0x0008 * 2, datapath.node('ip4-input'), true);
  datapath.view.setUint32(datapath.region('FIB4_ROOTS') + VRF * 4, tables.newFib(), true);
  addLink(datapath, tables, inside, station);
  addLink(datapath, tables, outside, other);
  tables.setNatMax(MAX_SESSIONS);
  const rules = new RuleTable(tableFunctions<RuleFunctions>(datapath.control.exports, ruleFunctionNames));
  const rule = { iface: outside.id, subnet: parsePrefix('10.0.31.0/24'), replace: parseIpv4(shared) };
  rules.writeSnat('try NAT', outside.id, [rule]);
  rules.setFlags(outside.id, { dnat: false, snat: true });
}

function addLink(datapath: ScratchDatapath, tables: Tables, link: Link, host: string): void {
  const { id, port } = link;
  const stage = (name: string) => datapath.node(name);
  const steps = {
    inputSteps: new Map([[NAT_INPUT_PLACE, stage('nat-input')]]),
    outputSteps: new Map([[NAT_OUTPUT_PLACE, stage('nat-output')]]),
  };
  new InterfaceTable((names) => tableFunctions(datapath.control.exports, names)).write(id, {
    flags: INTERFACE_UP,
    vrf: VRF,
    mtu: MTU,
    mac: parseMac(link.router),
    port,
    modeNode: stage('ether-input'),
    outputNode: stage('port-tx'),
    domain: 0,
    ...(link === outside ? steps : {}),
  });
  datapath.view.setUint16(datapath.region('PORT_INTERFACES') + port * 2, id, true);
  tables.setNextHop(id, stage('ip4-forward'), stage('ip6-forward'), id, MTU, NEXT_HOP_RESOLVED);
  tables.setNextHopMacs(id, macWord(parseMac(link.host)), macWord(parseMac(link.router)));
  new Uint8Array(datapath.memory.buffer).set(addressToBytes(parseAddress(host)), SCRATCH);
  const root = datapath.view.getUint32(datapath.region('FIB4_ROOTS') + VRF * 4, true);
  if (!tables.setPrefix(root, SCRATCH, 32, id)) throw new Error(`no room for ${host}`);
}

const VRF = 1;
const MTU = 1500;
/** Memory that no table uses, for the addresses that control functions take by pointer. */
const SCRATCH = 4096;
