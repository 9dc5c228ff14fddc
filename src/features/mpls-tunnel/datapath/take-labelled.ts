import { Packet } from '../../../engine/datapath/packet';
import { LABELS_INPUT } from '../../../engine/datapath/regions';
import { NODE_BIT } from '../../../engine/layout';
import { TYPE_MPLS_RAW } from '../../../net/datapath/ether-header';
import { takeOuterOff } from '../../tunnel/datapath/inner';

/** Who takes packets with labels out of tunnels; zero for nobody. @inline */
export function labelsNode(): u32 {
  return load<u16>(LABELS_INPUT);
}

/** Takes `bytes` of outer headers off a packet and gives it to whoever takes labels; returns what the stage returns. @inline */
export function takeLabelled(packet: Packet, bytes: u32): u32 {
  takeOuterOff(packet, bytes);
  packet.etherType = TYPE_MPLS_RAW;
  return NODE_BIT | labelsNode();
}
