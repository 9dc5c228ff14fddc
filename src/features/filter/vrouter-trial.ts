import type { ScratchDatapath } from '../../engine/host/scratch-datapath.ts';
import { checkDrop, checkExchange, trialBothWays } from '../../engine/host/trial-both-ways.ts';
import { etherFrame, ipv4Packet, ipv6Packet } from '../../net/frame/build.ts';
import { parsePrefix } from '../../net/prefix.ts';
import { writeTrialInterface } from '../port/index.ts';
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
      checkDrop(datapath, { name: 'what is denied', from: 20, received: frame, drop: 'filter-denied' });
  },
});

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
  const inputSteps = { [FILTER_INPUT_PLACE]: 'filter-input' };
  const outputSteps = { [FILTER_OUTPUT_PLACE]: 'filter-output' };
  writeTrialInterface(datapath, { id: 91, port: 20, mode: 'xc-forward', domain: 92, inputSteps });
  writeTrialInterface(datapath, { id: 92, port: 21, mode: 'xc-forward', domain: 91, outputSteps });
  const lists = new CompiledLists(datapath);
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
