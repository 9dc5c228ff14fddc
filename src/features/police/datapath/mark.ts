import { Packet } from '../../../engine/datapath/packet';
import { behindTags, TYPE_IP4_RAW, TYPE_IP6_RAW } from '../../../net/datapath/ether-header';
import { IP4_HEADER_BYTES, Ip4Header } from '../../../net/datapath/ip4-header';
import { IP6_HEADER_BYTES } from '../../../net/datapath/ip6-header';

/** Gives the IP packet in a frame another DSCP; ECN stays (RFC 3168), and so does what is not IP. */
export function markFrame(packet: Packet, dscp: u32): void {
  const frame = packet.data;
  const bytes: u32 = packet.dataLen;
  const at = behindTags(frame, bytes);
  if (!at) return;
  const type = load<u16>(frame + at - 2);
  if (type == TYPE_IP4_RAW && bytes >= at + IP4_HEADER_BYTES) mark4(changetype<Ip4Header>(frame + at), dscp);
  else if (type == TYPE_IP6_RAW && bytes >= at + IP6_HEADER_BYTES) mark6(frame + at, dscp);
}

function mark4(header: Ip4Header, dscp: u32): void {
  header.changeDscpEcn((dscp << 2) | (header.dscpEcn & 3));
}

/** The class is eight bits across the first two bytes, the DSCP their upper six. */
function mark6(header: usize, dscp: u32): void {
  const word = bswap<u16>(load<u16>(header));
  store<u16>(header, bswap<u16>((word & 0xf03f) | <u16>(dscp << 6)));
}
