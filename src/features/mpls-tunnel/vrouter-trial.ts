import { isDeepStrictEqual } from 'node:util';
import { tableFunctions } from '../../engine/host/datapath.ts';
import type { Outcome, ScratchDatapath } from '../../engine/host/scratch-datapath.ts';
import { trialBothWays } from '../../engine/host/trial-both-ways.ts';
import { addressToBytes, parseAddress } from '../../net/address.ts';
import { etherFrame, ipv4Packet, joinBytes, udpDatagram } from '../../net/frame/build.ts';
import { parseMac } from '../../net/mac.ts';
import { InterfaceTable } from '../interface/index.ts';
import { INTERFACE_UP } from '../interface/layout.ts';
import { LABEL_TO_NEXT_HOP } from '../mpls/layout.ts';
import { addressWords, macWord } from '../neighbor/index.ts';
import { NEXT_HOP_RESOLVED } from '../neighbor/layout.ts';
import { MPLS_UDP_PORT } from './layout.ts';
import type { MplsTunnelFunctions } from './table-functions.ts';

/** What a build must do with tunnels that carry labels, on the fast way and stage by stage. */
export const mplsTunnelTrial = trialBothWays('puts labels into UDP and GRE, and takes them out again', {
  setUp,
  check(datapath) {
    for (const { stage, header, protocol } of kinds) {
      const packet = joinBytes(entry, inner(64));
      const put = datapath.inject(`${stage}-output`, packet, {
        nextHop: TUNNELS[stage],
        etherType: 0x4788,
      });
      checkOutcome(`${stage}: a label to be put in`, put, (sent) =>
        outer(sent, protocol, header(sent), packet),
      );
      const carried = ipv4Packet({ ...ends, protocol }, joinBytes(header(new Uint8Array(64)), packet));
      const note = carried.length - packet.length;
      const taken = datapath.inject(inputs[stage], carried, { vrf: VRF, note, etherType: 0x0008 });
      checkOutcome(`${stage}: a label to be taken out`, taken, () => frame(inner(63)));
    }
  },
});

const kinds = [
  {
    stage: 'mplsoudp',
    protocol: 17,
    header: (sent: Uint8Array) => udpHeader(((sent[34] ?? 0) << 8) | (sent[35] ?? 0)),
  },
  { stage: 'mplsogre', protocol: 47, header: () => Uint8Array.of(0, 0, 0x88, 0x47) },
] as const;
const inputs = { mplsoudp: 'mplsoudp-input', mplsogre: 'gre-input' } as const;

const router = '02:00:00:00:00:01';
const host = '02:00:00:00:01:01';
const ends = { source: '10.0.1.1', destination: '10.0.1.2' };
/** Label 100, bottom of stack, time to live 64. */
const entry = Uint8Array.of(0, 0x06, 0x41, 64);

function inner(ttl: number): Uint8Array {
  return ipv4Packet({ source: '10.7.0.1', destination: '10.8.0.1', protocol: 253, ttl }, new Uint8Array(32));
}

function udpHeader(source: number): Uint8Array {
  const bytes = entry.length + inner(64).length;
  return udpDatagram({ source, destination: MPLS_UDP_PORT }, new Uint8Array(bytes)).subarray(0, 8);
}

/** The frame that is expected, with the identification of the one that came. */
function outer(sent: Uint8Array, protocol: number, header: Uint8Array, packet: Uint8Array): Uint8Array {
  const identification = ((sent[18] ?? 0) << 8) | (sent[19] ?? 0);
  return frame(ipv4Packet({ ...ends, protocol, identification }, joinBytes(header, packet)));
}

function frame(packet: Uint8Array): Uint8Array {
  return etherFrame({ destination: host, source: router, etherType: 0x0800 }, packet);
}

/** @throws Error with what came of it */
function checkOutcome(name: string, outcome: Outcome, expected: (sent: Uint8Array) => Uint8Array): void {
  const sent = outcome.sent[0]?.bytes ?? new Uint8Array(0);
  if (outcome.sent.length === 1 && isDeepStrictEqual(sent, expected(sent))) return;
  throw new Error(`${name} became ${Buffer.from(sent).toString('hex') || JSON.stringify(outcome.ended)}`);
}

interface Tables extends MplsTunnelFunctions {
  hookIp(): void;
  newFib(): number;
  setPrefix(root: number, address: number, length: number, nextHop: number): number;
  setNextHop(index: number, node4: number, node6: number, iface: number, mtu: number, flags: number): void;
  setNextHopMacs(index: number, destination: bigint, source: bigint): void;
  setNextHopOutput(index: number, node: number, record: number): void;
  setLabel(label: number, kind: number, value: number): void;
}

const tableNames = [
  'hookIp',
  'newFib',
  'setPrefix',
  'setNextHop',
  'setNextHopMacs',
  'setNextHopOutput',
  'setLabel',
  'setMplsTunnel',
  'setMplsUnderlay',
] as const;

function setUp(datapath: ScratchDatapath): void {
  const tables = tableFunctions<Tables>(datapath.control.exports, tableNames);
  tables.hookIp();
  const interfaces = new InterfaceTable((names) => tableFunctions(datapath.control.exports, names));
  interfaces.write(IFACE, {
    flags: INTERFACE_UP,
    vrf: VRF,
    mtu: MTU,
    mac: parseMac(router),
    port: 0,
    modeNode: datapath.node('ether-input'),
    outputNode: datapath.node('port-tx'),
    domain: 0,
  });
  const forward = [datapath.node('ip4-forward'), datapath.node('ip6-forward')] as const;
  tables.setNextHop(NEIGHBOR, ...forward, IFACE, MTU, NEXT_HOP_RESOLVED);
  tables.setNextHopMacs(NEIGHBOR, macWord(parseMac(host)), macWord(parseMac(router)));
  addRoute(datapath, tables);
  datapath.view.setUint16(datapath.region('LABELS_INPUT'), datapath.node('mpls-input'), true);
  tables.setLabel(100, LABEL_TO_NEXT_HOP, NEIGHBOR);
  tables.setMplsUnderlay(VRF, 1);
  const local = addressWords(parseAddress(ends.source));
  const remote = addressWords(parseAddress(ends.destination));
  for (const { stage } of kinds) {
    const index = TUNNELS[stage];
    tables.setMplsTunnel(index, 4, VRF, MPLS_UDP_PORT, local.low, local.high, remote.low, remote.high);
    tables.setNextHop(index, ...forward, 0, MTU, 0);
    tables.setNextHopOutput(index, datapath.node(`${stage}-output`), index);
  }
}

function addRoute(datapath: ScratchDatapath, tables: Tables): void {
  const root = tables.newFib();
  datapath.view.setUint32(datapath.region('FIB4_ROOTS') + VRF * 4, root, true);
  new Uint8Array(datapath.memory.buffer).set(addressToBytes(parseAddress(ends.destination)), SCRATCH);
  if (!tables.setPrefix(root, SCRATCH, 32, NEIGHBOR)) throw new Error('no room for a route');
}

const IFACE = 1;
const VRF = 1;
const MTU = 1500;
const NEIGHBOR = 1;
/** Indices of next hops, and of their records. */
const TUNNELS = { mplsoudp: 2, mplsogre: 3 } as const;
/** Memory that no table uses, for the addresses that control functions take by pointer. */
const SCRATCH = 4096;
