import { NODE_VXLAN_INPUT } from '../../../engine/datapath/nodes';
import { Packet } from '../../../engine/datapath/packet';
import { PORT_INTERFACES, UDP_PORTS } from '../../../engine/datapath/regions';
import { CONTROL_LOOK_AHEAD } from '../../../engine/layout';
import { ETHER_HEADER_BYTES, TYPE_IP4_RAW } from '../../../net/datapath/ether-header';
import { PROTOCOL_UDP } from '../../../net/datapath/ip-protocols';
import { IP4_HEADER_BYTES, IP4_PLAIN, Ip4Header } from '../../../net/datapath/ip4-header';
import { VXLAN_HEADER_BYTES, VxlanHeader, vniOf } from '../../../net/datapath/vxlan-header';
import { interfaceAt, MAC_MASK } from '../../interface/datapath/interface';
import { interfaceStats } from '../../interface/datapath/interface-stats';
import { UDP_HEADER_BYTES } from '../../tunnel/datapath/outer';
import { LOOK_AHEAD_VNIS } from '../layout';
import { farEndOf } from './far-end';
import { vxlanAt, vxlanOf } from './vxlan';

const UDP_AT: u32 = ETHER_HEADER_BYTES + IP4_HEADER_BYTES;
const VXLAN_AT: u32 = UDP_AT + UDP_HEADER_BYTES;
const INNER_AT: u32 = VXLAN_AT + VXLAN_HEADER_BYTES;

/**
 * Reads once for nothing what a burst's datagrams of VXLAN over IPv4 need, where there are more VNIs than a core's own
 * cache holds: the records of the VNI, of its interface and of the sender. Reads in a short loop wait for memory together.
 */
export function lookAhead(burst: usize, packets: u32): void {
  if (!(load<u32>(CONTROL_LOOK_AHEAD) & LOOK_AHEAD_VNIS)) return;
  const port = changetype<Packet>(<usize>load<u32>(burst)).port;
  const vrf = interfaceAt(load<u16>(PORT_INTERFACES + ((<usize>port) << 1))).vrf;
  for (let i: u32 = 0; i < packets; i++) {
    const packet = changetype<Packet>(<usize>load<u32>(burst + (i << 2)));
    if (isVxlan4(packet)) readFor(packet, vrf);
  }
}

function isVxlan4(packet: Packet): bool {
  if (packet.dataLen < <u16>(INNER_AT + ETHER_HEADER_BYTES)) return false;
  const frame = packet.data;
  const header = changetype<Ip4Header>(frame + ETHER_HEADER_BYTES);
  if (load<u16>(frame, 12) != TYPE_IP4_RAW || header.versionIhl != IP4_PLAIN) return false;
  if (header.protocol != <u8>PROTOCOL_UDP) return false;
  return load<u16>(UDP_PORTS + ((<usize>load<u16>(frame + UDP_AT, 2)) << 1)) == <u16>NODE_VXLAN_INPUT;
}

function readFor(packet: Packet, vrf: u32): void {
  const id = vxlanOf(vrf, vniOf(changetype<VxlanHeader>(packet.data + VXLAN_AT).vniRaw));
  load<u32>(changetype<usize>(vxlanAt(id)));
  load<u32>(changetype<usize>(interfaceAt(id)));
  load<u64>(changetype<usize>(interfaceStats(id)));
  farEndOf(id, load<u64>(packet.data + INNER_AT, 6) & MAC_MASK);
}
