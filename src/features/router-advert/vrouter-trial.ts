import { tableFunctions } from '../../engine/host/datapath.ts';
import type { ScratchDatapath } from '../../engine/host/scratch-datapath.ts';
import { trialBothWays } from '../../engine/host/trial-both-ways.ts';
import { etherFrame, icmpv6Message, ipv6Packet } from '../../net/frame/build.ts';
import { parseMac } from '../../net/mac.ts';
import { etherTypeEntry } from '../ether/index.ts';
import { InterfaceTable } from '../interface/index.ts';
import { INTERFACE_UP } from '../interface/layout.ts';

/** What a build must do with router solicitations: interface 31, port 10, announces the router, and is asked to. */
export const routerAdvertTrial = trialBothWays('hears who looks for a router', {
  setUp,
  check(datapath) {
    const { ended, events } = datapath.receive(PORT, [solicitation()]);
    const heard = events.some(({ stage, iface }) => stage === 'router-solicitation' && iface === IFACE);
    if (heard && ended.consumed === 1) return;
    throw new Error(`expected a solicitation to be heard, it ended as ${JSON.stringify(ended)}`);
  },
});

const IFACE = 31;
const PORT = 10;

function solicitation(): Uint8Array {
  const ends = { source: 'fe80::99', destination: 'ff02::2' };
  const message = icmpv6Message({ type: 133 }, Uint8Array.of(1, 1, 2, 0, 0, 0, 1, 1), ends);
  const addresses = { destination: '33:33:00:00:00:02', source: '02:00:00:00:01:01' };
  return etherFrame(
    { ...addresses, etherType: 0x86dd },
    ipv6Packet({ ...ends, nextHeader: 58, hopLimit: 255 }, message),
  );
}

function setUp(datapath: ScratchDatapath): void {
  const { exports } = datapath.control;
  const { view } = datapath;
  new InterfaceTable((names) => tableFunctions(exports, names)).write(IFACE, {
    flags: INTERFACE_UP,
    vrf: 1,
    mtu: 1500,
    mac: parseMac('02:00:00:00:00:0b'),
    port: PORT,
    modeNode: datapath.node('ether-input'),
    outputNode: datapath.node('port-tx'),
    domain: 0,
  });
  view.setUint16(datapath.region('PORT_INTERFACES') + PORT * 2, IFACE, true);
  view.setUint16(etherTypeEntry(datapath.region('ETHER_TYPES'), 0x86dd), datapath.node('ip6-input'), true);
  view.setUint16(datapath.region('IP_PROTOCOLS') + 512 + 58 * 2, datapath.node('icmp6-local'), true);
  view.setUint16(datapath.region('ICMP6_TYPES') + 133 * 2, datapath.node('router-solicitation'), true);
  tableFunctions<{ setAdvertising(iface: number, on: number): void }>(exports, [
    'setAdvertising',
  ]).setAdvertising(IFACE, 1);
}
