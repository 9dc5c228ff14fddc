import { tableFunctions } from '../../engine/host/datapath.ts';
import type { ScratchDatapath } from '../../engine/host/scratch-datapath.ts';
import { trialBothWays } from '../../engine/host/trial-both-ways.ts';
import { addressToBytes, parseAddress } from '../../net/address.ts';
import { etherFrame, icmpMessage, ipv4Packet, joinBytes, udpDatagram } from '../../net/frame/build.ts';
import { parseMac } from '../../net/mac.ts';
import { InterfaceTable } from '../interface/index.ts';
import { INTERFACE_UP } from '../interface/layout.ts';
import { macWord } from '../neighbor/index.ts';
import { NEXT_HOP_LOCAL, NEXT_HOP_RESOLVED } from '../neighbor/layout.ts';
import { VXLAN_READY } from './layout.ts';
import type { VxlanFunctions } from './table-functions.ts';
import { endWords, VXLAN_PORT } from './vxlan.ts';

/**
 * What a build must do with a tunnel, on the fast way and stage by stage: a ping comes out of it, and the answer goes in.
 *
 *   far end 10.0.6.2 ── 10.0.6.1 │ interface 6, port 5     station 10.0.7.2 ══ 10.0.7.1 │ interface 7, VNI 700
 */
export const vxlanTrial = trialBothWays('answers a ping through a tunnel', { setUp, check });

const links = [
  { id: 6, port: 5, stage: 'port-tx', router: '02:00:00:00:06:01', host: '02:00:00:00:06:02' },
  { id: 7, port: 0, stage: 'vxlan-output', router: '02:00:00:00:07:01', host: '02:00:00:00:07:02' },
] as const;
const [underlay, tunnel] = links;
const VNI = 700;
const header = Uint8Array.of(8, 0, 0, 0, 0, VNI >> 8, VNI & 255, 0);
const payload = new Uint8Array(32).fill(7);

function inner(source: string, destination: string, type: number): Uint8Array {
  const macs = type === 8 ? [tunnel.router, tunnel.host] : [tunnel.host, tunnel.router];
  const [to = '', from = ''] = macs;
  const ping = icmpMessage({ type, rest: 7 }, payload);
  return etherFrame(
    { destination: to, source: from, etherType: 0x0800 },
    ipv4Packet({ source, destination, protocol: 1 }, ping),
  );
}

/** @throws Error with what came of it */
function check(datapath: ScratchDatapath): void {
  const frame = joinBytes(header, inner('10.0.7.2', '10.0.7.1', 8));
  const udp = udpDatagram({ source: 50000, destination: VXLAN_PORT }, frame);
  const outer = ipv4Packet({ source: '10.0.6.2', destination: '10.0.6.1', protocol: 17 }, udp);
  const macs = { destination: underlay.router, source: underlay.host, etherType: 0x0800 };
  const { sent, ended } = datapath.receive(underlay.port, [etherFrame(macs, outer)]);
  const expected = joinBytes(header, inner('10.0.7.1', '10.0.7.2', 0));
  const came = Buffer.from(sent[0]?.bytes.subarray(OUTER_BYTES) ?? []);
  if (sent.length === 1 && sent[0]?.port === underlay.port && came.equals(expected)) return;
  throw new Error(`a ping in a tunnel became ${came.toString('hex') || JSON.stringify(ended)}`);
}

/** Ethernet, IPv4 and UDP. */
const OUTER_BYTES = 42;

interface Tables
  extends Pick<
    VxlanFunctions,
    'setVxlan' | 'bindVni' | 'putFarEnd' | 'newFloodList' | 'setFloodMember' | 'publishFloodList'
  > {
  newFib(): number;
  hookIp(): void;
  setPrefix(root: number, address: number, length: number, nextHop: number): number;
  setNextHop(index: number, node4: number, node6: number, iface: number, mtu: number, flags: number): void;
  setNextHopMacs(index: number, destination: bigint, source: bigint): void;
  setProtocolNode4(protocol: number, node: number): void;
}

const tableNames = [
  'newFib',
  'hookIp',
  'setPrefix',
  'setNextHop',
  'setNextHopMacs',
  'setProtocolNode4',
  'setVxlan',
  'bindVni',
  'putFarEnd',
  'newFloodList',
  'setFloodMember',
  'publishFloodList',
] as const;

function setUp(datapath: ScratchDatapath): void {
  const tables = tableFunctions<Tables>(datapath.control.exports, tableNames);
  tables.hookIp();
  const ether = datapath.region('ETHER_TYPES') + 0x0008 * 2;
  datapath.view.setUint16(ether, datapath.node('ip4-input'), true);
  datapath.view.setUint32(datapath.region('FIB4_ROOTS') + VRF * 4, tables.newFib(), true);
  for (const link of links) addLink(datapath, tables, link);
  tables.setProtocolNode4(17, datapath.node('udp-input'));
  const place = ((VXLAN_PORT & 255) << 8) | (VXLAN_PORT >> 8);
  datapath.view.setUint16(datapath.region('UDP_PORTS') + place * 2, datapath.node('vxlan-input'), true);
  addTunnel(tables);
}

function addTunnel(tables: Tables): void {
  const local = endWords(parseAddress('10.0.6.1'));
  tables.setVxlan(tunnel.id, VXLAN_READY, VRF, VNI, VXLAN_PORT, local.low, local.high);
  tables.bindVni(VRF, VNI, tunnel.id);
  const remote = endWords(parseAddress('10.0.6.2'));
  const list = tables.newFloodList(1);
  tables.setFloodMember(list, 0, tables.putFarEnd(remote.low, remote.high));
  tables.publishFloodList(tunnel.id, list, 1);
}

function addLink(
  datapath: ScratchDatapath,
  tables: Tables,
  { id, port, stage, router, host }: (typeof links)[number],
): void {
  const node = (name: string) => datapath.node(name);
  new InterfaceTable((names) => tableFunctions(datapath.control.exports, names)).write(id, {
    flags: INTERFACE_UP,
    vrf: VRF,
    mtu: MTU,
    mac: parseMac(router),
    port,
    modeNode: node('ether-input'),
    outputNode: node(stage),
    domain: 0,
  });
  if (stage === 'port-tx') datapath.view.setUint16(datapath.region('PORT_INTERFACES') + port * 2, id, true);
  const [local, neighbor] = [id * 2, id * 2 + 1];
  tables.setNextHop(local, node('ip4-local'), node('ip6-local'), id, MTU, NEXT_HOP_LOCAL);
  tables.setNextHop(neighbor, node('ip4-forward'), node('ip6-forward'), id, MTU, NEXT_HOP_RESOLVED);
  tables.setNextHopMacs(neighbor, macWord(parseMac(host)), macWord(parseMac(router)));
  addRoute(datapath, tables, `10.0.${id}.1`, local);
  addRoute(datapath, tables, `10.0.${id}.2`, neighbor);
}

function addRoute(datapath: ScratchDatapath, tables: Tables, text: string, nextHop: number): void {
  const bytes = addressToBytes(parseAddress(text));
  new Uint8Array(datapath.memory.buffer).set(bytes, SCRATCH);
  const root = datapath.view.getUint32(datapath.region('FIB4_ROOTS') + VRF * 4, true);
  if (!tables.setPrefix(root, SCRATCH, 32, nextHop)) throw new Error(`no room for ${text}`);
}

const VRF = 1;
const MTU = 1500;
/** Memory that no table uses, for the addresses that control functions take by pointer. */
const SCRATCH = 4096;
