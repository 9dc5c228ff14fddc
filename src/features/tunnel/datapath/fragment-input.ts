import { Packet } from '../../../engine/datapath/packet';
import { UDP_PORTS } from '../../../engine/datapath/regions';
import { TYPE_IP4_RAW, TYPE_MPLS_RAW } from '../../../net/datapath/ether-header';
import { PROTOCOL_UDP } from '../../../net/datapath/ip-protocols';
import { IP4_OFFSET_RAW, Ip4Header } from '../../../net/datapath/ip4-header';
import { IP6_FRAGMENT_OFFSET_RAW } from '../../../net/datapath/ip6-extensions';
import { toHostOr } from '../../ip/datapath/protocols';

export enum Edge {
  /** The first fragment of a tunnel's packet: nobody here puts these together. */
  DROP_TUNNEL_FRAGMENT,
  DROP_IP4_LOCAL_FRAGMENT,
  DROP_IP6_LOCAL_FRAGMENT,
}

const PROTOCOL_GRE: u32 = 47;
const FRAGMENT_HEADER_BYTES: u32 = 8;

/**
 * Drops the first fragment of what is for a tunnel, so that somebody sees that its far end sends packets that are too
 * large for the underlay. All other fragments go to the host: later ones do not say whose they are.
 *
 * @table ip-protocols
 */
export function fragmentInput(packet: Packet): u32 {
  if (packet.etherType == TYPE_IP4_RAW) {
    return isOuter4(packet) ? Edge.DROP_TUNNEL_FRAGMENT : toHostOr(true, Edge.DROP_IP4_LOCAL_FRAGMENT);
  }
  return isOuter6(packet) ? Edge.DROP_TUNNEL_FRAGMENT : toHostOr(false, Edge.DROP_IP6_LOCAL_FRAGMENT);
}

function isOuter4(packet: Packet): bool {
  const header = changetype<Ip4Header>(packet.data);
  return !(header.fragmentRaw & IP4_OFFSET_RAW) && isTunnels(packet, header.protocol, header.headerBytes);
}

/** The fragment header lies where `note` says, and is whole. */
function isOuter6(packet: Packet): bool {
  const fragment = packet.data + packet.note;
  if (load<u16>(fragment, 2) & IP6_FRAGMENT_OFFSET_RAW) return false;
  return isTunnels(packet, load<u8>(fragment), packet.note + FRAGMENT_HEADER_BYTES);
}

/** Whether the header behind that of IP is one that a tunnel takes: UDP to its port, or GRE with labels. */
function isTunnels(packet: Packet, protocol: u32, at: u32): bool {
  if (at + 4 > packet.dataLen) return false;
  const second: usize = load<u16>(packet.data + at, 2); // the port of UDP, the protocol of GRE
  if (protocol == PROTOCOL_UDP) return load<u16>(UDP_PORTS + (second << 1)) != 0;
  return protocol == PROTOCOL_GRE && second == TYPE_MPLS_RAW;
}
