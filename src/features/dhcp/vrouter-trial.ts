import type { ScratchDatapath } from '../../engine/host/scratch-datapath.ts';
import { trialBothWays } from '../../engine/host/trial-both-ways.ts';
import { etherFrame, ipv4Packet, udpDatagram } from '../../net/frame/build.ts';
import { startTrialIp } from '../ip/index.ts';
import { writeTrialInterface } from '../port/index.ts';

/** What a build must do with what DHCP servers send: interface 32, port 11, has a client. */
export const dhcpTrial = trialBothWays('hears DHCP servers', {
  setUp,
  check(datapath) {
    const { ended, events } = datapath.receive(PORT, [frame]);
    if (events.some(({ stage, iface, packet }) => stage === 'dhcp-input' && iface === IFACE && packet))
      return;
    throw new Error(`expected a server's message to be heard, it ended as ${JSON.stringify(ended)}`);
  },
});

const IFACE = 32;
const PORT = 11;
const UDP = 17;
const ends = { source: '10.0.0.1', destination: '255.255.255.255' };
const datagram = udpDatagram({ source: 67, destination: 68 }, new Uint8Array(300), ends);
const frame = etherFrame(
  { destination: 'ff:ff:ff:ff:ff:ff', source: '02:00:00:00:01:01', etherType: 0x0800 },
  ipv4Packet({ ...ends, protocol: UDP }, datagram),
);

function setUp(datapath: ScratchDatapath): void {
  startTrialIp(datapath);
  writeTrialInterface(datapath, { id: IFACE, port: PORT, mode: 'ether-input' });
  datapath.enter('IP_PROTOCOLS', UDP, 'udp-input');
  datapath.enter('UDP_PORTS', 68 << 8, 'dhcp-input');
  datapath
    .tables<{ setDhcpClient(iface: number, on: number): void }>(['setDhcpClient'])
    .setDhcpClient(IFACE, 1);
}
