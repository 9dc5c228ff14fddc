import { sumPacket } from '../../../engine/datapath/chain';
import { Packet } from '../../../engine/datapath/packet';
import { TYPE_IP4_RAW, TYPE_MPLS_MULTICAST_RAW, TYPE_MPLS_RAW } from '../../../net/datapath/ether-header';
import { Ip4Header } from '../../../net/datapath/ip4-header';
import { toHostOr } from '../../ip/datapath/protocols';
import {
  GRE_BASE_RAW,
  GRE_HEADER_BYTES,
  greHeaderBytes,
  greProtocol,
  greVersion,
  hasGreChecksum,
  hasRefusedFields,
} from './gre-header';
import { isUnderlay } from './mpls-tunnel';
import { labelsNode, takeLabelled } from './take-labelled';

export enum Edge {
  /** The packet is shorter than its GRE header. */
  DROP_GRE_TRUNCATED,
  /** What is inside has no labels, or the version is not 0, and there is no host to take it. */
  DROP_GRE_NO_HOST,
  /** It has a route of its sender's, or other fields that nobody may send (RFC 2784 2.3). */
  DROP_GRE_BAD_FLAGS,
  /** Its checksum does not hold (RFC 2784 2.5). */
  DROP_GRE_BAD_CHECKSUM,
  DROP_MPLS_TUNNEL_FOREIGN_VRF,
  DROP_MPLS_TUNNEL_NO_LABELS,
}

/**
 * Takes the GRE and IP headers off a labelled packet (RFC 4023 4), with a key, checksum and sequence number or without,
 * and gives it to whoever takes labels, in the VRF that it came in. GRE with anything else inside belongs to the host.
 * The common case, a base header alone, comes last.
 *
 * @table ip-protocols
 * @table labels-input
 */
export function greInput(packet: Packet): u32 {
  const is4 = packet.etherType == TYPE_IP4_RAW;
  const at = is4 ? changetype<Ip4Header>(packet.data).headerBytes : packet.note;
  if (at + GRE_HEADER_BYTES > packet.dataLen) return Edge.DROP_GRE_TRUNCATED;
  const isPlain = load<u32>(packet.data + at) == GRE_BASE_RAW;
  if (!isPlain || !isUnderlay(packet.vrf) || !labelsNode()) return takeCarefully(packet, at);
  return takeLabelled(packet, at + GRE_HEADER_BYTES);
}

/** Takes a packet whose GRE header has more than the least, or that nobody here should send. */
function takeCarefully(packet: Packet, at: u32): u32 {
  const gre = packet.data + at;
  const is4 = packet.etherType == TYPE_IP4_RAW;
  if (greVersion(gre) || !isLabelled(gre)) return toHostOr(is4, Edge.DROP_GRE_NO_HOST);
  if (hasRefusedFields(gre)) return Edge.DROP_GRE_BAD_FLAGS;
  const end = at + greHeaderBytes(gre);
  if (end > packet.dataLen) return Edge.DROP_GRE_TRUNCATED;
  if (hasGreChecksum(gre) && !holds(packet, at)) return Edge.DROP_GRE_BAD_CHECKSUM;
  if (!isUnderlay(packet.vrf)) return Edge.DROP_MPLS_TUNNEL_FOREIGN_VRF;
  if (!labelsNode()) return Edge.DROP_MPLS_TUNNEL_NO_LABELS;
  return takeLabelled(packet, end);
}

function isLabelled(gre: usize): bool {
  const protocol = greProtocol(gre);
  return protocol == TYPE_MPLS_RAW || protocol == TYPE_MPLS_MULTICAST_RAW;
}

function holds(packet: Packet, at: u32): bool {
  return sumPacket(packet, at, packet.pktLen - at) == 0xffff;
}
