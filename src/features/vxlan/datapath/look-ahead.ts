import { NODE_VXLAN_INPUT } from '../../../engine/datapath/nodes';
import { Packet } from '../../../engine/datapath/packet';
import { UDP_PORTS, VXLAN_STATIONS, VXLAN_VNIS } from '../../../engine/datapath/regions';
import { CONTROL_LOOK_AHEAD } from '../../../engine/layout';
import { ETHER_HEADER_BYTES, TYPE_IP4_RAW } from '../../../net/datapath/ether-header';
import { PROTOCOL_UDP } from '../../../net/datapath/ip-protocols';
import { IP4_HEADER_BYTES, IP4_PLAIN, Ip4Header } from '../../../net/datapath/ip4-header';
import { VXLAN_HEADER_BYTES, VxlanHeader, vniOf } from '../../../net/datapath/vxlan-header';
import { interfaceAt, MAC_MASK } from '../../interface/datapath/interface';
import { interfaceStats } from '../../interface/datapath/interface-stats';
import { interfaceOfPort } from '../../port/datapath/port-interface';
import { UDP_HEADER_BYTES } from '../../tunnel/datapath/outer';
import { LOOK_AHEAD_VNIS } from '../layout';
import { stationKey } from './far-end';
import { homeOf, Place } from './place';
import { interfaceOf, vniKey } from './vxlan';

/** An ethertype and the first byte of an IP header, which lies behind it. */
const TYPE_AT: usize = 12;
const TYPE_MASK: u32 = 0xffffff;
const PLAIN_IP4: u32 = <u32>TYPE_IP4_RAW | ((<u32>IP4_PLAIN) << 16);
const UDP_AT: u32 = ETHER_HEADER_BYTES + IP4_HEADER_BYTES;
const VXLAN_AT: u32 = UDP_AT + UDP_HEADER_BYTES;
const INNER_AT: u32 = VXLAN_AT + VXLAN_HEADER_BYTES;

/**
 * Touches the lines that a burst's datagrams of VXLAN over IPv4 need, where there are more VNIs than a core's own cache
 * holds: that of the VNI, and then, when it is known whose that is, those of the interface, of its counters and of the
 * sender. Each time a loop finds out where the lines are and notes it, and another one touches them, which is so short
 * that the processor has as many of them on their way as it can.
 */
export function lookAhead(burst: usize, packets: u32): void {
  if (!(load<u32>(CONTROL_LOOK_AHEAD) & LOOK_AHEAD_VNIS)) return;
  const port = changetype<Packet>(<usize>load<u32>(burst)).port;
  const vrf = interfaceAt(interfaceOfPort(port)).vrf;
  for (let i: u32 = 0; i < packets; i++) noteVni(packetAt(burst, i), vrf);
  for (let i: u32 = 0; i < packets; i++) load<u64>(packetAt(burst, i).note);
  for (let i: u32 = 0; i < packets; i++) noteInterface(packetAt(burst, i));
  for (let i: u32 = 0; i < packets; i++) touchInterface(packetAt(burst, i));
}

/** Notes the place of a packet's VNI, zero for none: nobody has told anybody anything of it yet, so its notes are free. @inline */
function noteVni(packet: Packet, vrf: u32): void {
  packet.note = isVxlan4(packet) ? <u32>homeOf(VXLAN_VNIS, vniKey(vrf, vniIn(packet))) : 0;
}

/**
 * Notes the interface that the place of a packet's VNI names, and the place of the sender behind it; zero for none. Where
 * another VNI has that place, nothing is lost but time. @inline
 */
function noteInterface(packet: Packet): void {
  packet.note2 = 0;
  if (!packet.note) return;
  const id = interfaceOf(changetype<Place>(<usize>packet.note).value);
  const sender = load<u64>(packet.data + INNER_AT, 6) & MAC_MASK;
  packet.note = id;
  packet.note2 = <u32>homeOf(VXLAN_STATIONS, stationKey(id, sender));
}

/** @inline */
function touchInterface(packet: Packet): void {
  const id = packet.note;
  load<u32>(changetype<usize>(interfaceAt(id)));
  load<u64>(changetype<usize>(interfaceStats(id)));
  load<u64>(packet.note2);
}

/** @inline */
function isVxlan4(packet: Packet): bool {
  if (packet.dataLen < <u16>(INNER_AT + ETHER_HEADER_BYTES)) return false;
  const frame = packet.data;
  if ((load<u32>(frame, TYPE_AT) & TYPE_MASK) != PLAIN_IP4) return false;
  if (changetype<Ip4Header>(frame + ETHER_HEADER_BYTES).protocol != <u8>PROTOCOL_UDP) return false;
  return load<u16>(UDP_PORTS + ((<usize>load<u16>(frame + UDP_AT, 2)) << 1)) == <u16>NODE_VXLAN_INPUT;
}

/** @inline */
function vniIn(packet: Packet): u32 {
  return vniOf(changetype<VxlanHeader>(packet.data + VXLAN_AT).vniRaw);
}

/** @inline */
function packetAt(burst: usize, i: u32): Packet {
  return changetype<Packet>(<usize>load<u32>(burst + (i << 2)));
}
