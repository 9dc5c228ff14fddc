import type { ScratchDatapath } from '../../engine/host/scratch-datapath.ts';
import { addressToBytes } from '../../net/address.ts';
import { parseMac } from '../../net/mac.ts';
import { parsePrefix } from '../../net/prefix.ts';
import { etherTypeEntry } from '../ether/index.ts';
import { addressWords, familyNumber, macWord } from '../neighbor/index.ts';
import { NEXT_HOP_LOCAL, NEXT_HOP_RESOLVED } from '../neighbor/layout.ts';
import { type TrialInterface, writeTrialInterface } from '../port/index.ts';
import { inputStages } from './input-stages.ts';

/** An end of a link: the next hop that it is, and the prefixes whose packets go there. */
export interface TrialEnd {
  readonly nextHop: number;
  readonly routes: readonly string[];
}

/** A routed interface of a trial (vrouter-trial.ts), and a station on its link. */
export interface TrialLink extends Omit<TrialInterface, 'mode'> {
  readonly mac: string;
  readonly host: TrialEnd & { readonly mac: string };
  /** The router's own end, where packets are sent to the router itself: its addresses are answered for. */
  readonly own?: TrialEnd;
}

/** Lets the router of a trial take IP packets and ARP; it knows no routes yet. */
export function startTrialIp(datapath: ScratchDatapath): void {
  const { hookIp, newFib } = tablesOf(datapath);
  hookIp();
  for (const [etherType, stage] of [...inputStages, [0x0806, 'arp-input'] as const]) {
    const entry = etherTypeEntry(datapath.region('ETHER_TYPES'), etherType);
    datapath.view.setUint16(entry, datapath.node(stage), true);
  }
  for (const roots of ['FIB4_ROOTS', 'FIB6_ROOTS'])
    datapath.view.setUint32(datapath.region(roots) + VRF * 4, newFib(), true);
}

/** Writes a routed interface, and the routes to both ends of its link. */
export function writeTrialLink(datapath: ScratchDatapath, { host, own, ...iface }: TrialLink): void {
  writeTrialInterface(datapath, { ...iface, mode: 'ether-input' });
  const tables = tablesOf(datapath);
  const forward = [datapath.node('ip4-forward'), datapath.node('ip6-forward')] as const;
  tables.setNextHop(host.nextHop, ...forward, iface.id, MTU, NEXT_HOP_RESOLVED);
  tables.setNextHopMacs(host.nextHop, macWord(parseMac(host.mac)), macWord(parseMac(iface.mac)));
  addRoutes(datapath, host);
  if (!own) return;
  const local = [datapath.node('ip4-local'), datapath.node('ip6-local')] as const;
  tables.setNextHop(own.nextHop, ...local, iface.id, MTU, NEXT_HOP_LOCAL);
  addRoutes(datapath, own);
  for (const { address } of own.routes.map(parsePrefix)) {
    const { low, high } = addressWords(address);
    tables.answerFor(iface.id, familyNumber(address), low, high);
  }
}

/** Writes a next hop whose packets are sent by a stage, with a record of that stage's own. */
export function writeTrialOutput(
  datapath: ScratchDatapath,
  { nextHop, stage, record }: { readonly nextHop: number; readonly stage: string; readonly record: number },
): void {
  const tables = tablesOf(datapath);
  tables.setNextHop(nextHop, datapath.node('ip4-forward'), datapath.node('ip6-forward'), 0, MTU, 0);
  tables.setNextHopOutput(nextHop, datapath.node(stage), record);
}

function addRoutes(datapath: ScratchDatapath, { nextHop, routes }: TrialEnd): void {
  for (const text of routes) {
    const { address, length } = parsePrefix(text);
    new Uint8Array(datapath.memory.buffer).set(addressToBytes(address), SCRATCH);
    const roots = datapath.region(address.family === 'ipv4' ? 'FIB4_ROOTS' : 'FIB6_ROOTS');
    const root = datapath.view.getUint32(roots + VRF * 4, true);
    if (!tablesOf(datapath).setPrefix(root, SCRATCH, length, nextHop)) throw new Error(`no room for ${text}`);
  }
}

const VRF = 1;
const MTU = 1500;
/** Memory that no table uses, for the addresses that control functions take by pointer. */
const SCRATCH = 4096;

interface Tables {
  hookIp(): void;
  newFib(): number;
  setPrefix(root: number, address: number, length: number, nextHop: number): number;
  setNextHop(index: number, node4: number, node6: number, iface: number, mtu: number, flags: number): void;
  setNextHopMacs(index: number, destination: bigint, source: bigint): void;
  setNextHopOutput(index: number, node: number, record: number): void;
  answerFor(iface: number, family: number, low: bigint, high: bigint): number;
}

function tablesOf(datapath: ScratchDatapath): Tables {
  return datapath.tables<Tables>([
    'hookIp',
    'newFib',
    'setPrefix',
    'setNextHop',
    'setNextHopMacs',
    'setNextHopOutput',
    'answerFor',
  ]);
}
