import type { ScratchDatapath } from '../../engine/host/scratch-datapath.ts';
import { trialBothWays } from '../../engine/host/trial-both-ways.ts';
import { parseAddress } from '../../net/address.ts';
import { etherFrame, icmpMessage, ipv4Packet, joinBytes, udpDatagram } from '../../net/frame/build.ts';
import { startTrialIp, writeTrialLink } from '../ip/index.ts';
import { VXLAN_READY } from './layout.ts';
import type { VxlanFunctions } from './table-functions.ts';
import { endWords, VXLAN_PORT } from './vxlan.ts';

/**
 * What a build must do with a tunnel, on the fast way and stage by stage: a ping comes out of it, and the answer goes in.
 *
 *   far end 10.0.6.2 ── 10.0.6.1 │ interface 6, port 5     station 10.0.7.2 ══ 10.0.7.1 │ interface 7, VNI 700
 */
export const vxlanTrial = trialBothWays('answers a ping through a tunnel', { setUp, check });

const links = [
  { id: 6, port: 5, router: '02:00:00:00:06:01', host: '02:00:00:00:06:02' },
  { id: 7, output: 'vxlan-output', router: '02:00:00:00:07:01', host: '02:00:00:00:07:02' },
] as const;
const [underlay, tunnel] = links;
const VNI = 700;
const header = Uint8Array.of(8, 0, 0, 0, 0, VNI >> 8, VNI & 255, 0);
const payload = new Uint8Array(32).fill(7);

function inner(source: string, destination: string, type: number): Uint8Array {
  const macs = type === 8 ? [tunnel.router, tunnel.host] : [tunnel.host, tunnel.router];
  const [to = '', from = ''] = macs;
  const ping = icmpMessage({ type, rest: 7 }, payload);
  return etherFrame(
    { destination: to, source: from, etherType: 0x0800 },
    ipv4Packet({ source, destination, protocol: 1 }, ping),
  );
}

/** @throws Error with what came of it */
function check(datapath: ScratchDatapath): void {
  const frame = joinBytes(header, inner('10.0.7.2', '10.0.7.1', 8));
  const udp = udpDatagram({ source: 50000, destination: VXLAN_PORT }, frame);
  const outer = ipv4Packet({ source: '10.0.6.2', destination: '10.0.6.1', protocol: 17 }, udp);
  const macs = { destination: underlay.router, source: underlay.host, etherType: 0x0800 };
  const { sent, ended } = datapath.receive(underlay.port, [etherFrame(macs, outer)]);
  const expected = joinBytes(header, inner('10.0.7.1', '10.0.7.2', 0));
  const came = Buffer.from(sent[0]?.bytes.subarray(OUTER_BYTES) ?? []);
  if (sent.length === 1 && sent[0]?.port === underlay.port && came.equals(expected)) return;
  throw new Error(`a ping in a tunnel became ${came.toString('hex') || JSON.stringify(ended)}`);
}

/** Ethernet, IPv4 and UDP. */
const OUTER_BYTES = 42;

function setUp(datapath: ScratchDatapath): void {
  startTrialIp(datapath);
  for (const { router: mac, host, ...iface } of links)
    writeTrialLink(datapath, {
      ...iface,
      mac,
      own: { nextHop: iface.id * 2, routes: [`10.0.${iface.id}.1/32`] },
      host: { nextHop: iface.id * 2 + 1, mac: host, routes: [`10.0.${iface.id}.2/32`] },
    });
  datapath.enter('IP_PROTOCOLS', 17, 'udp-input');
  datapath.enter('UDP_PORTS', ((VXLAN_PORT & 255) << 8) | (VXLAN_PORT >> 8), 'vxlan-input');
  addTunnel(datapath.tables<VxlanFunctions>(tableNames));
}

const tableNames = [
  'setVxlan',
  'bindVni',
  'putFarEnd',
  'newFloodList',
  'setFloodMember',
  'publishFloodList',
] as const;
const VRF = 1;

function addTunnel(tables: VxlanFunctions): void {
  const local = endWords(parseAddress('10.0.6.1'));
  tables.setVxlan(tunnel.id, VXLAN_READY, VRF, VNI, VXLAN_PORT, local.low, local.high);
  tables.bindVni(VRF, VNI, tunnel.id);
  const remote = endWords(parseAddress('10.0.6.2'));
  const list = tables.newFloodList(1);
  tables.setFloodMember(list, 0, tables.putFarEnd(remote.low, remote.high));
  tables.publishFloodList(tunnel.id, list, 1);
}
