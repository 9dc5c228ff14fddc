import { newEventWithin, putEvent } from '../../../engine/datapath/events';
import { NODE_BOND_INPUT } from '../../../engine/datapath/nodes';
import { Packet } from '../../../engine/datapath/packet';
import { ETHER_OTHERS } from '../../../engine/datapath/regions';
import { NODE_BIT } from '../../../engine/layout';
import { ETHER_HEADER_BYTES } from '../../../net/datapath/ether-header';
import { enterInterface } from '../../interface/datapath/enter';
import { interfaceAt } from '../../interface/datapath/interface';
import { MEMBER_LACP, MEMBER_TAKES } from '../layout';
import { memberFlags } from './bond';

export enum Edge {
  PUNTED,
  /** The frame is shorter than an Ethernet header. */
  DROP_BOND_TRUNCATED,
  /** The member that received the frame is not one that its bond uses now. */
  DROP_BOND_INACTIVE,
  /** The bond is administratively down. */
  DROP_BOND_DOWN,
  /** The frame is for this link alone (IEEE 802.1Q 8.6.3), and there is no host to take it. */
  DROP_BOND_LINK_LOCAL,
  /** More frames of LACP have come than the control thread keeps up with. */
  DROP_LACP_QUEUE_FULL,
}

/** Ethertype of the slow protocols, LACP among them, as it lies on the wire (IEEE 802.3 57A.4). */
const TYPE_SLOW_RAW: u16 = 0x0988;
/** Events of LACP that may wait: enough for seconds of what all members say. */
const LACP_QUEUE: u32 = 256;

/**
 * Lets what a member of a bond has received go on as what the bond has received. What concerns a link alone stays the
 * member's: LACP goes to the control thread, the rest to the host.
 *
 * @frame
 * @table interface-input
 * @table ether-others
 */
export function bondInput(packet: Packet): u32 {
  if (packet.dataLen < <u16>ETHER_HEADER_BYTES) return Edge.DROP_BOND_TRUNCATED;
  if (isForLink(load<u64>(packet.data))) return takeForLink(packet);
  if (!(memberFlags(packet.iface) & MEMBER_TAKES)) return Edge.DROP_BOND_INACTIVE;
  const node = enterInterface(packet, interfaceAt(packet.iface).domain);
  return node ? NODE_BIT | node : Edge.DROP_BOND_DOWN;
}

/** Tells 01:80:c2:00:00:00 to 0f, which no bridge passes on. @inline */
function isForLink(destination: u64): bool {
  return (destination & 0xf0ffffffffff) == 0x0000c28001;
}

function takeForLink(packet: Packet): u32 {
  const isSlow = load<u16>(packet.data, 12) == TYPE_SLOW_RAW;
  if (isSlow && memberFlags(packet.iface) & MEMBER_LACP) return tellLacp(packet);
  const host = load<u16>(ETHER_OTHERS);
  return host ? NODE_BIT | host : Edge.DROP_BOND_LINK_LOCAL;
}

/** Hands a frame of LACP to the control thread. */
function tellLacp(packet: Packet): u32 {
  const event = newEventWithin(NODE_BOND_INPUT, LACP_QUEUE);
  if (event === null) return Edge.DROP_LACP_QUEUE_FULL;
  event.packet = <u32>changetype<usize>(packet);
  event.iface = packet.iface;
  event.vrf = packet.vrf;
  putEvent();
  return Edge.PUNTED;
}
