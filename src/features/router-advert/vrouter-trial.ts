import type { ScratchDatapath } from '../../engine/host/scratch-datapath.ts';
import { trialBothWays } from '../../engine/host/trial-both-ways.ts';
import { etherFrame, icmpv6Message, ipv6Packet } from '../../net/frame/build.ts';
import { startTrialIp } from '../ip/index.ts';
import { writeTrialInterface } from '../port/index.ts';

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
const ROUTER_SOLICITATION = 133;

function solicitation(): Uint8Array {
  const ends = { source: 'fe80::99', destination: 'ff02::2' };
  const message = icmpv6Message({ type: ROUTER_SOLICITATION }, Uint8Array.of(1, 1, 2, 0, 0, 0, 1, 1), ends);
  const addresses = { destination: '33:33:00:00:00:02', source: '02:00:00:00:01:01' };
  return etherFrame(
    { ...addresses, etherType: 0x86dd },
    ipv6Packet({ ...ends, nextHeader: 58, hopLimit: 255 }, message),
  );
}

function setUp(datapath: ScratchDatapath): void {
  startTrialIp(datapath);
  writeTrialInterface(datapath, { id: IFACE, port: PORT, mode: 'ether-input' });
  datapath.enter('ICMP6_TYPES', ROUTER_SOLICITATION, 'router-solicitation');
  datapath
    .tables<{ setAdvertising(iface: number, on: number): void }>(['setAdvertising'])
    .setAdvertising(IFACE, 1);
}
