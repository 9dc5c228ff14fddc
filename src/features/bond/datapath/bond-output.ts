import { Packet, RX_RSS_HASH } from '../../../engine/datapath/packet';
import { NODE_BIT } from '../../../engine/layout';
import { ETHER_HEADER_BYTES } from '../../../net/datapath/ether-header';
import { leaveInterface } from '../../interface/datapath/enter';
import { interfaceAt, MAC_MASK } from '../../interface/datapath/interface';
import { hashWords } from '../../ip/datapath/ip-flow-hash';
import { frameHash, frameIp } from '../../tunnel/datapath/inner-frame';
import { BALANCE_L2, BALANCE_RSS } from '../layout';
import { bondAt, memberFor } from './bond';

export enum Edge {
  DROP_OUTPUT_DOWN,
  /** The frame that a bond should send is shorter than an Ethernet header. */
  DROP_BOND_OUTPUT_TRUNCATED,
  /** No member of the bond can send. */
  DROP_BOND_NO_MEMBER,
}

/**
 * Sends a frame of a bond by one of its members: that of the slot which the frame's flow falls to.
 *
 * @frame
 * @table interface-output
 */
export function bondOutput(packet: Packet): u32 {
  if (packet.dataLen < <u16>ETHER_HEADER_BYTES) return Edge.DROP_BOND_OUTPUT_TRUNCATED;
  const bond = bondAt(packet.output);
  const member = memberFor(bond, flowOf(packet, bond.balance));
  if (!member) return Edge.DROP_BOND_NO_MEMBER;
  if (!leaveInterface(packet, packet.output)) return Edge.DROP_OUTPUT_DOWN;
  packet.output = <u16>member;
  packet.note = 0;
  return NODE_BIT | interfaceAt(member).outputNode;
}

/** What all frames of a flow have in common. A port that has hashed nothing leaves that to us. */
function flowOf(packet: Packet, balance: u32): u32 {
  if (balance == BALANCE_L2)
    return hashWords(load<u64>(packet.data) & MAC_MASK, load<u64>(packet.data, 6) & MAC_MASK);
  if (balance == BALANCE_RSS && packet.olFlags & RX_RSS_HASH) return packet.rss;
  return frameHash(packet, frameIp(packet));
}
