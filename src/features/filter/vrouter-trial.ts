import { tableFunctions } from '../../engine/host/datapath.ts';
import type { ScratchDatapath } from '../../engine/host/scratch-datapath.ts';
import { checkExchange, trialBothWays } from '../../engine/host/trial-both-ways.ts';
import { etherFrame, ipv4Packet, ipv6Packet } from '../../net/frame/build.ts';
import { parseMac } from '../../net/mac.ts';
import { parsePrefix } from '../../net/prefix.ts';
import { InterfaceTable } from '../interface/index.ts';
import { INTERFACE_RUNNING, INTERFACE_UP } from '../interface/layout.ts';
import { CompiledLists } from './compiled-lists.ts';
import { FILTER_INPUT_PLACE, FILTER_OUTPUT_PLACE } from './layout.ts';

/**
 * What a build must let through and what not, on the fast way and stage by stage:
 *
 *   port 20 ─ list in ═══ cross-connected ═══ list out ─ port 21
 */
export const filterTrial = trialBothWays('compares packets with rules', {
  setUp,
  check(datapath) {
    for (const frame of [frame4('10.1.0.1'), frame6('2001:db8:1::1')])
      checkExchange(datapath, { name: 'what is permitted', from: 20, received: frame, to: 21, sent: frame });
    for (const frame of [frame4('10.1.0.2'), frame4('10.2.0.1'), frame6('2001:db8:2::1')])
      checkDenied(datapath, frame);
  },
});

/** @throws Error where it went on */
function checkDenied(datapath: ScratchDatapath, frame: Uint8Array): void {
  const { ended } = datapath.receive(20, [frame, frame]);
  if (ended['filter-denied'] !== 2) throw new Error(`what is denied became ${JSON.stringify(ended)}`);
}

const ends = { destination: '02:00:00:00:00:01', source: '02:00:00:00:00:02' };

function frame4(destination: string): Uint8Array {
  const addresses = { source: '10.0.0.1', destination };
  return etherFrame({ ...ends, etherType: 0x0800 }, ipv4Packet({ ...addresses, protocol: 17 }, datagram));
}

function frame6(destination: string): Uint8Array {
  const addresses = { source: '2001:db8::1', destination };
  return etherFrame({ ...ends, etherType: 0x86dd }, ipv6Packet({ ...addresses, nextHeader: 17 }, datagram));
}

const datagram = Uint8Array.from([0, 7, 0, 9, 0, 32, ...new Array<number>(26).fill(0)]);

function setUp(datapath: ScratchDatapath): void {
  const take = <T>(names: readonly (keyof T & string)[]) =>
    tableFunctions<T>(datapath.control.exports, names);
  const interfaces = new InterfaceTable(take);
  const record = {
    flags: INTERFACE_UP | INTERFACE_RUNNING,
    vrf: 1,
    mtu: 1500,
    mac: parseMac('02:00:00:00:00:01'),
  };
  const nodes = { modeNode: datapath.node('xc-forward'), outputNode: datapath.node('port-tx') };
  const inputSteps = new Map([[FILTER_INPUT_PLACE, datapath.node('filter-input')]]);
  const outputSteps = new Map([[FILTER_OUTPUT_PLACE, datapath.node('filter-output')]]);
  interfaces.write(91, { ...record, ...nodes, inputSteps, port: 20, domain: 92 });
  interfaces.write(92, { ...record, ...nodes, outputSteps, port: 21, domain: 91 });
  for (const [port, id] of [
    [20, 91],
    [21, 92],
  ] as const)
    datapath.view.setUint16(datapath.region('PORT_INTERFACES') + port * 2, id, true);
  const lists = new CompiledLists({ tables: take, view: datapath.view });
  const any = { established: false, fragment: false, place: 1 };
  const permit = (prefix: string) => ({
    ...any,
    action: 'permit' as const,
    destination: parsePrefix(prefix),
  });
  const other = { action: 'deny' as const, place: 2 };
  lists.show('try', 1, { rules: [permit('10.1.0.0/16'), permit('2001:db8:1::/48')], other });
  const deny = { ...permit('10.1.0.2/32'), action: 'deny' as const, destinationPort: { first: 9, last: 9 } };
  lists.show('try', 2, { rules: [deny], other: { action: 'permit', place: 3 } });
  lists.functions.setFilterBinding(91, 1, 0);
  lists.functions.setFilterBinding(92, 0, 2);
}
