import { tableFunctions } from '../../engine/host/datapath.ts';
import type { ScratchDatapath } from '../../engine/host/scratch-datapath.ts';
import { trialBothWays } from '../../engine/host/trial-both-ways.ts';
import { etherFrame, ipv4Packet, udpDatagram } from '../../net/frame/build.ts';
import { parseMac } from '../../net/mac.ts';
import { etherTypeEntry } from '../ether/index.ts';
import { InterfaceTable } from '../interface/index.ts';
import { INTERFACE_UP } from '../interface/layout.ts';

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
  const { exports } = datapath.control;
  const { view } = datapath;
  new InterfaceTable((names) => tableFunctions(exports, names)).write(IFACE, {
    flags: INTERFACE_UP,
    vrf: 1,
    mtu: 1500,
    mac: parseMac('02:00:00:00:00:0c'),
    port: PORT,
    modeNode: datapath.node('ether-input'),
    outputNode: datapath.node('port-tx'),
    domain: 0,
  });
  const table = (name: string, place: number, stage: string) =>
    view.setUint16(datapath.region(name) + place * 2, datapath.node(stage), true);
  view.setUint16(datapath.region('PORT_INTERFACES') + PORT * 2, IFACE, true);
  view.setUint16(etherTypeEntry(datapath.region('ETHER_TYPES'), 0x0800), datapath.node('ip4-input'), true);
  table('IP_PROTOCOLS', UDP, 'udp-input');
  table('UDP_PORTS', 68 << 8, 'dhcp-input');
  tableFunctions<{ setDhcpClient(iface: number, on: number): void }>(exports, [
    'setDhcpClient',
  ]).setDhcpClient(IFACE, 1);
}
