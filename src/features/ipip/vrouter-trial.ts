import { isDeepStrictEqual } from 'node:util';
import { tableFunctions } from '../../engine/host/datapath.ts';
import type { Outcome, ScratchDatapath } from '../../engine/host/scratch-datapath.ts';
import { trialBothWays } from '../../engine/host/trial-both-ways.ts';
import { addressToBytes, parseAddress } from '../../net/address.ts';
import { etherFrame, ipv4Packet } from '../../net/frame/build.ts';
import { parseMac } from '../../net/mac.ts';
import { InterfaceTable } from '../interface/index.ts';
import { INTERFACE_UP } from '../interface/layout.ts';
import { macWord } from '../neighbor/index.ts';
import { NEXT_HOP_RESOLVED } from '../neighbor/layout.ts';
import { TunnelTable } from './tunnel-table.ts';

/** What a build must do with tunnels that put IP into IP, on the fast way and stage by stage. */
export const ipipTrial = trialBothWays('puts IP into IP, and takes it out again', {
  setUp,
  check(datapath) {
    const inner = packet(64);
    const put = datapath.inject('ipip-output', frame(tunnel.mac, tunnel.mac, inner), { output: tunnel.id });
    checkOutcome('a packet to be put in', put, (sent) => {
      const identification = ((sent[18] ?? 0) << 8) | (sent[19] ?? 0);
      return frame(link.host, link.mac, ipv4Packet({ ...ends, protocol: 4, identification }, inner));
    });
    const carried = ipv4Packet({ source: REMOTE, destination: LOCAL, protocol: 4 }, inner);
    const taken = datapath.inject('ipip-input', carried, { vrf: VRF, etherType: 0x0008 });
    checkOutcome('a packet to be taken out', taken, () => frame(link.host, link.mac, packet(63)));
  },
});

const VRF = 1;
const [LOCAL, REMOTE] = ['10.0.1.1', '10.0.1.2'];
const ends = { source: LOCAL, destination: REMOTE };
const link = { id: 1, mac: '02:00:00:00:00:01', host: '02:00:00:00:01:01' };
const tunnel = { id: 2, mac: '02:00:00:00:00:02' };
const NEIGHBOR = 1;
const MTU = 1500;
/** Memory that no table uses, for the address that a control function takes by pointer. */
const SCRATCH = 4096;

function packet(ttl: number): Uint8Array {
  return ipv4Packet({ source: '10.7.0.1', destination: '10.0.1.9', protocol: 253, ttl }, new Uint8Array(32));
}

function frame(destination: string, source: string, payload: Uint8Array): Uint8Array {
  return etherFrame({ destination, source, etherType: 0x0800 }, payload);
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
}

const tableNames = ['hookIp', 'newFib', 'setPrefix', 'setNextHop', 'setNextHopMacs'] as const;

function setUp(datapath: ScratchDatapath): void {
  const tables = tableFunctions<Tables>(datapath.control.exports, tableNames);
  tables.hookIp();
  const interfaces = new InterfaceTable((names) => tableFunctions(datapath.control.exports, names));
  for (const [{ id, mac }, mode, stage] of [
    [link, 'ether-input', 'port-tx'],
    [tunnel, 'ether-input', 'ipip-output'],
  ] as const) {
    interfaces.write(id, {
      flags: INTERFACE_UP,
      vrf: VRF,
      mtu: MTU,
      mac: parseMac(mac),
      port: 0,
      modeNode: datapath.node(mode),
      outputNode: datapath.node(stage),
      domain: 0,
    });
  }
  datapath.view.setUint16(datapath.region('ETHER_TYPES') + 0x0008 * 2, datapath.node('ip4-input'), true);
  const forward = [datapath.node('ip4-forward'), datapath.node('ip6-forward')] as const;
  tables.setNextHop(NEIGHBOR, ...forward, link.id, MTU, NEXT_HOP_RESOLVED);
  tables.setNextHopMacs(NEIGHBOR, macWord(parseMac(link.host)), macWord(parseMac(link.mac)));
  const root = tables.newFib();
  datapath.view.setUint32(datapath.region('FIB4_ROOTS') + VRF * 4, root, true);
  new Uint8Array(datapath.memory.buffer).set(addressToBytes(parseAddress(REMOTE)), SCRATCH);
  if (!tables.setPrefix(root, SCRATCH, 24, NEIGHBOR)) throw new Error('no room for a route');
  const table = new TunnelTable({
    tables: (names) => tableFunctions<never>(datapath.control.exports, names),
  });
  table.link(tunnel.id, { local: parseAddress(LOCAL), remote: parseAddress(REMOTE), encapVrf: VRF }, true);
}
