import { Packet } from '../../../engine/datapath/packet';
import { PROTOCOL_ICMP6 } from '../../../net/datapath/ip-protocols';
import { upperLayer6 } from '../../../net/datapath/ip6-extensions';
import { IP6_HEADER_BYTES, Ip6Header, isUnspecified6 } from '../../../net/datapath/ip6-header';

// What the host's kernel says for itself on every device it has: it looks for routers, checks its addresses, and
// joins the groups that its addresses bring with them. The router speaks for these addresses, so none of it may
// leave. What programs send and the groups that they join go out.

// Types of ICMPv6 (RFC 2710 3.1, RFC 3810 5.2, RFC 4861 4).
const LISTENER_REPORT: u32 = 131;
const LISTENER_DONE: u32 = 132;
const LISTENER_REPORT_2: u32 = 143;
const ROUTER_SOLICITATION: u32 = 133;
const NEIGHBOR_SOLICITATION: u32 = 135;
/** A report's records, 20 bytes and more each, begin behind 8 bytes; so does the group of a message of version 1. */
const RECORDS: u32 = 8;
const RECORD_BYTES: u32 = 20;
const GROUP_BYTES: u32 = 16;

/** Tells whether the IPv6 packet that lies `offset` bytes into a packet is the kernel's own talk. */
export function isKernelNoise(packet: Packet, offset: u32): bool {
  const bytes = packet.dataLen - offset;
  if (bytes < IP6_HEADER_BYTES) return false;
  const header = changetype<Ip6Header>(packet.data + offset);
  const upper = upperLayer6(header, bytes);
  const message = changetype<usize>(header) + (upper & 0xffff);
  const length = bytes - (upper & 0xffff);
  if (upper >> 16 != PROTOCOL_ICMP6 || length < RECORDS) return false;
  const type: u32 = load<u8>(message);
  if (type == ROUTER_SOLICITATION) return true;
  if (type == NEIGHBOR_SOLICITATION) return isUnspecified6(header.sourceLow, header.sourceHigh);
  if (type == LISTENER_REPORT || type == LISTENER_DONE) {
    return length >= RECORDS + GROUP_BYTES && isKernelGroup(message + RECORDS);
  }
  return type == LISTENER_REPORT_2 && reportsKernelGroups(message, length);
}

/** Tells whether the kernel itself has joined all groups of a report. */
function reportsKernelGroups(report: usize, length: u32): bool {
  const records: u32 = bswap(load<u16>(report, 6));
  let at = RECORDS;
  for (let i: u32 = 0; i < records; i++) {
    if (at + RECORD_BYTES > length || !isKernelGroup(report + at + 4)) return false;
    const sources: u32 = bswap(load<u16>(report + at, 2));
    at += RECORD_BYTES + (sources << 4) + ((<u32>load<u8>(report + at, 1)) << 2);
  }
  return true;
}

/** Solicited-node groups, ff02::1:ff00:0/104, and all routers of a scope, ff0X::2 (RFC 4291 2.7.1). */
function isKernelGroup(group: usize): bool {
  const low = load<u64>(group);
  const high = bswap(load<u64>(group, 8));
  if (low == 0x02ff) return high == 2 || high >> 24 == 0x1ff;
  return (low & ~(0x0f00 as u64)) == 0xff && high == 2;
}
