import { isDeepStrictEqual } from 'node:util';
import { tableFunctions } from '../../engine/host/datapath.ts';
import type { Outcome, ScratchDatapath } from '../../engine/host/scratch-datapath.ts';
import { trialBothWays } from '../../engine/host/trial-both-ways.ts';
import { addressToBytes, parseAddress } from '../../net/address.ts';
import { etherFrame, ipv4Packet, ipv6Packet } from '../../net/frame/build.ts';
import { parseMac } from '../../net/mac.ts';
import { InterfaceTable } from '../interface/index.ts';
import { INTERFACE_UP } from '../interface/layout.ts';
import { macWord } from '../neighbor/index.ts';
import { NEXT_HOP_RESOLVED } from '../neighbor/layout.ts';
import { SID_END_DT46 } from './layout.ts';
import { outerHeaders } from './outer-headers.ts';
import { Srv6Table } from './srv6-table.ts';

/** What a build must do with lists of segments and SIDs, on the fast way and stage by stage. */
export const srv6Trial = trialBothWays('puts a segment round a packet, and takes it off again', {
  setUp,
  check(datapath) {
    const fields = { vrf: VRF, etherType: 0x0008 };
    const put = datapath.inject('srv6-output', packet(64), { ...fields, nextHop: LIST });
    checkOutcome('a packet to be put in', put, (sent) => {
      const flowLabel = (((sent[15] ?? 0) & 15) << 16) | ((sent[16] ?? 0) << 8) | (sent[17] ?? 0);
      return frame(0x86dd, ipv6Packet({ ...ends, nextHeader: 4, flowLabel }, packet(64)));
    });
    const carried = ipv6Packet({ ...ends, nextHeader: 4 }, packet(64));
    const taken = datapath.inject('srv6-local', carried, { vrf: VRF, etherType: 0xdd86, nextHop: SID });
    checkOutcome('a packet to be taken out', taken, () => frame(0x0800, packet(63)));
  },
});

const VRF = 1;
const ends = { source: '2001:db8::1', destination: '2001:db8::2' };
const link = { id: 1, mac: '02:00:00:00:00:01', host: '02:00:00:00:01:01' };
const [NEIGHBOR, LIST, SID] = [1, 2, 3] as const;
const RECORD = 1;
const MTU = 1500;
/** Memory that no table uses, for the address that a control function takes by pointer. */
const SCRATCH = 4096;

function packet(ttl: number): Uint8Array {
  return ipv4Packet({ source: '10.7.0.1', destination: '10.0.1.9', protocol: 253, ttl }, new Uint8Array(32));
}

function frame(etherType: number, payload: Uint8Array): Uint8Array {
  return etherFrame({ destination: link.host, source: link.mac, etherType }, payload);
}

/** @throws Error with what came of it */
function checkOutcome(name: string, outcome: Outcome, expected: (sent: Uint8Array) => Uint8Array): void {
  const sent = outcome.sent[0]?.bytes ?? new Uint8Array(0);
  if (outcome.sent.length === 1 && isDeepStrictEqual(sent, expected(sent))) return;
  throw new Error(`${name} became ${Buffer.from(sent).toString('hex') || JSON.stringify(outcome.ended)}`);
}

interface Tables {
  hookIp(): void;
  newFib(): number;
  setPrefix(root: number, address: number, length: number, nextHop: number): number;
  setNextHop(index: number, node4: number, node6: number, iface: number, mtu: number, flags: number): void;
  setNextHopMacs(index: number, destination: bigint, source: bigint): void;
  setNextHopOutput(index: number, node: number, record: number): void;
}

const tableNames = [
  'hookIp',
  'newFib',
  'setPrefix',
  'setNextHop',
  'setNextHopMacs',
  'setNextHopOutput',
] as const;

function setUp(datapath: ScratchDatapath): void {
  const tables = tableFunctions<Tables>(datapath.control.exports, tableNames);
  tables.hookIp();
  writeLink(datapath);
  const forward = [datapath.node('ip4-forward'), datapath.node('ip6-forward')] as const;
  tables.setNextHop(NEIGHBOR, ...forward, link.id, MTU, NEXT_HOP_RESOLVED);
  tables.setNextHopMacs(NEIGHBOR, macWord(parseMac(link.host)), macWord(parseMac(link.mac)));
  for (const [roots, destination, length] of [
    ['FIB4_ROOTS', '10.0.1.0', 24],
    ['FIB6_ROOTS', ends.destination, 128],
  ] as const) {
    const root = tables.newFib();
    datapath.view.setUint32(datapath.region(roots) + VRF * 4, root, true);
    new Uint8Array(datapath.memory.buffer).set(addressToBytes(parseAddress(destination)), SCRATCH);
    if (!tables.setPrefix(root, SCRATCH, length, NEIGHBOR)) throw new Error('no room for a route');
  }
  for (const [nextHop, stage] of [
    [LIST, 'srv6-output'],
    [SID, 'srv6-local'],
  ] as const)
    tables.setNextHopOutput(nextHop, datapath.node(stage), RECORD);
  writeSegments(datapath);
}

function writeLink(datapath: ScratchDatapath): void {
  const interfaces = new InterfaceTable((names) => tableFunctions(datapath.control.exports, names));
  interfaces.write(link.id, {
    flags: INTERFACE_UP,
    vrf: VRF,
    mtu: MTU,
    mac: parseMac(link.mac),
    port: 0,
    modeNode: datapath.node('ether-input'),
    outputNode: datapath.node('port-tx'),
    domain: 0,
  });
}

function writeSegments(datapath: ScratchDatapath): void {
  const table = new Srv6Table({
    tables: (names) => tableFunctions<never>(datapath.control.exports, names),
  });
  const [source, segment] = [parseAddress(ends.source), parseAddress(ends.destination)];
  table.writeEncap(RECORD, VRF, outerHeaders('h.encaps.red', source, [segment]));
  const behavior = SID_END_DT46;
  const unused = { flavors: 0, blockBits: 0, csidBits: 0, nextHop: 0 };
  table.writeSid(RECORD, { ...unused, behavior, vrf: VRF, vrfInterface: link.id });
}
