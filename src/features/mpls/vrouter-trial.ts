import type { ScratchDatapath } from '../../engine/host/scratch-datapath.ts';
import { checkExchange, type Exchange, trialBothWays } from '../../engine/host/trial-both-ways.ts';
import { etherFrame, ipv4Packet, joinBytes } from '../../net/frame/build.ts';
import { etherTypeEntry } from '../ether/index.ts';
import { writeTrialLink, writeTrialOutput } from '../ip/index.ts';
import { LABEL_TO_NEXT_HOP, LABEL_TO_STACK, STACK_COPIES } from './layout.ts';

/** What a build must do with labels, on the fast way and stage by stage: swap one, and take one off for a next hop. */
export const mplsTrial = trialBothWays('swaps labels, takes them off and puts them on', {
  setUp,
  check(datapath) {
    for (const exchange of exchanges) checkExchange(datapath, { from: 0, to: 0, ...exchange });
  },
});

const router = '02:00:00:00:00:01';
const host = '02:00:00:00:01:01';
/** What a packet that comes in is to become. */
const exchanges: readonly Omit<Exchange, 'from' | 'to'>[] = [
  {
    name: 'a packet with a label to be swapped for two',
    received: fromHost(0x8847, joinBytes(entry(100, 64, 0x500), ipv4(64))),
    sent: toHost(0x8847, joinBytes(entry(200, 63, 0x400), entry(201, 63, 0x500), ipv4(64))),
  },
  {
    name: 'a packet with a label of a next hop',
    received: fromHost(0x8847, joinBytes(entry(101, 30, 0x100), ipv4(64))),
    sent: toHost(0x0800, ipv4(29)),
  },
  {
    name: 'a packet with a label of a next hop that puts others on',
    received: fromHost(0x8847, joinBytes(entry(102, 255, 0x100), ipv4(64))),
    sent: toHost(0x8847, joinBytes(entry(200, 63, 0), entry(201, 63, 0x100), ipv4(63))),
  },
];

/** A label with its time to live, and its traffic class and bottom of stack as they lie. */
function entry(label: number, ttl: number, bits: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, label * 4096 + bits + ttl);
  return bytes;
}

function ipv4(ttl: number): Uint8Array {
  const ends = { source: '10.0.1.2', destination: '10.0.2.2' };
  return ipv4Packet({ ...ends, protocol: 253, ttl }, new Uint8Array(32).fill(7));
}

function fromHost(etherType: number, packet: Uint8Array): Uint8Array {
  return etherFrame({ destination: router, source: host, etherType }, packet);
}

function toHost(etherType: number, packet: Uint8Array): Uint8Array {
  return etherFrame({ destination: host, source: router, etherType }, packet);
}

function setUp(datapath: ScratchDatapath): void {
  const neighbor = { nextHop: NEIGHBOR, mac: host, routes: [] };
  writeTrialLink(datapath, { id: IFACE, port: 0, mac: router, host: neighbor });
  writeTrialOutput(datapath, { nextHop: LABELLED, stage: 'mpls-push', record: STACK });
  const labels = etherTypeEntry(datapath.region('ETHER_TYPES'), 0x8847);
  datapath.view.setUint16(labels, datapath.node('mpls-receive'), true);
  const tables = datapath.tables<Tables>(tableNames);
  [200, 201].forEach((label, place) => {
    tables.setStackLabel(STACK, place, label);
  });
  tables.setLabelStack(STACK, NEIGHBOR, 2, STACK_COPIES, STACK_COPIES);
  tables.setTakesLabels(IFACE, 1);
  tables.setLabel(100, LABEL_TO_STACK, STACK);
  tables.setLabel(101, LABEL_TO_NEXT_HOP, NEIGHBOR);
  tables.setLabel(102, LABEL_TO_NEXT_HOP, LABELLED);
}

interface Tables {
  setLabel(label: number, kind: number, value: number): void;
  setTakesLabels(iface: number, takes: number): void;
  setLabelStack(index: number, nextHop: number, count: number, ttl: number, trafficClass: number): void;
  setStackLabel(index: number, place: number, label: number): void;
}

const tableNames = ['setLabel', 'setTakesLabels', 'setLabelStack', 'setStackLabel'] as const;
const IFACE = 1;
const [NEIGHBOR, LABELLED] = [1, 2];
const STACK = 1;
