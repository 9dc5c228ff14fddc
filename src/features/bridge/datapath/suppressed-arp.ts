import { Packet } from '../../../engine/datapath/packet';
import {
  ARP_BYTES,
  ARP_HARDWARE_ETHERNET_RAW,
  ARP_REPLY_RAW,
  ARP_REQUEST_RAW,
  ArpHeader,
  storeMac,
} from '../../../net/datapath/arp-header';
import { GROUP_BIT, TYPE_IP4_RAW } from '../../../net/datapath/ether-header';
import { MAC_MASK } from '../../interface/datapath/interface';
import { answersFor } from '../../neighbor/datapath/answer';
import { FAMILY_IP4 } from '../../neighbor/datapath/heard';
import { destinationOf, vlanTagOf } from './bridge-frame';
import { scopeOf } from './bridge-neighbor';
import { ANSWERED, ASKS_US, answerableWith, GOES_ON, isStation, tellNeighbor } from './suppressed';

/** Learns from an ARP message that begins at an offset, and answers it where it asks everybody for somebody we know. */
export function takeArp(packet: Packet, at: u32): u32 {
  if (packet.dataLen < at + ARP_BYTES) return GOES_ON;
  const arp = changetype<ArpHeader>(packet.data + at);
  if (arp.hardwareRaw != ARP_HARDWARE_ETHERNET_RAW || arp.hardwareLength != 6) return GOES_ON;
  if (arp.protocolRaw != TYPE_IP4_RAW || arp.protocolLength != 4) return GOES_ON;
  const sender = arp.senderRaw;
  // One without an address asks whether somebody has this one (RFC 5227 2.1.1): that one has to answer himself.
  if (!sender || !isStation(arp.senderMac)) return GOES_ON;
  const vlan = vlanTagOf(packet);
  const scope = scopeOf(packet.note2, vlan, FAMILY_IP4);
  tellNeighbor(packet, scope, sender, 0, arp.senderMac);
  const target = arp.targetRaw;
  if (arp.operationRaw != ARP_REQUEST_RAW || sender == target) return GOES_ON;
  if (!(destinationOf(packet) & GROUP_BIT)) return GOES_ON;
  if (!vlan && answersFor(<u16>packet.note2, FAMILY_IP4, target, 0)) return ASKS_US;
  const neighbor = answerableWith(packet, scope, vlan, target, 0);
  if (!neighbor) return GOES_ON;
  answer(packet, arp, neighbor & MAC_MASK);
  return ANSWERED;
}

/** Turns a request into its reply, from the station that was asked for. */
function answer(packet: Packet, arp: ArpHeader, mac: u64): void {
  const asked = arp.targetRaw;
  const asker = arp.senderMac;
  arp.setTarget(asker, arp.senderRaw);
  arp.setSender(mac, asked);
  arp.operationRaw = ARP_REPLY_RAW;
  storeMac(packet.data, asker);
  storeMac(packet.data + 6, mac);
}
