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

/** Changes the checksum by what changes in the header's first word (RFC 1624 3). */
function mark4(header: Ip4Header, dscp: u32): void {
  const before = <u32>header.dscpEcn;
  const after = (dscp << 2) | (before & 3);
  header.dscpEcn = <u8>after;
  let sum = <u32>(<u16>~bswap<u16>(header.checksumRaw)) + (before ^ 0xffff) + after;
  sum = (sum & 0xffff) + (sum >> 16);
  sum = (sum & 0xffff) + (sum >> 16);
  header.checksumRaw = bswap<u16>(<u16>~sum);
}

/** The class is eight bits across the first two bytes, the DSCP their upper six. */
function mark6(header: usize, dscp: u32): void {
  const word = bswap<u16>(load<u16>(header));
  store<u16>(header, bswap<u16>((word & 0xf03f) | <u16>(dscp << 6)));
}
