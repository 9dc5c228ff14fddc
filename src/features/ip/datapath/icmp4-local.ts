import { sumPacket } from '../../../engine/datapath/chain';
import { punt } from '../../../engine/datapath/events';
import { NODE_ICMP4_LOCAL } from '../../../engine/datapath/nodes';
import { Packet } from '../../../engine/datapath/packet';
import { checksumOf, fold, sumBytes } from '../../../net/datapath/checksum';
import {
  ICMP_HEADER_BYTES,
  ICMP4_ECHO_REPLY,
  ICMP4_ECHO_REQUEST,
  ICMP4_PARAMETER_PROBLEM,
  ICMP4_TIME_EXCEEDED,
  ICMP4_UNREACHABLE,
  IcmpHeader,
} from '../../../net/datapath/icmp-header';
import { IP4_DEFAULT_TTL, Ip4Header } from '../../../net/datapath/ip4-header';
import { isOwnNextHop } from '../../neighbor/datapath/next-hop-details';

export enum Edge {
  IP4_SEND,
  PUNTED,
  /** The message is shorter than an ICMP header. */
  DROP_ICMP4_TRUNCATED,
  /** The message's checksum is wrong. */
  DROP_ICMP4_BAD_CHECKSUM,
  /** A request or error to everyone on the link: answered by nobody (RFC 1122 3.2.2.6). */
  DROP_ICMP4_TO_MANY,
  /** A type of message that nobody here takes (RFC 1122 3.2.2). */
  DROP_ICMP4_UNKNOWN_TYPE,
  /** The control thread has too much to read already. */
  DROP_PUNT_FULL,
}

/** Answers echo requests to us in place; answers and errors to what we sent go to the control thread. */
export function icmp4Local(packet: Packet): u32 {
  const header = changetype<Ip4Header>(packet.data);
  const offset = header.headerBytes;
  if (packet.dataLen < <u16>(offset + ICMP_HEADER_BYTES)) return Edge.DROP_ICMP4_TRUNCATED;
  if (sumPacket(packet, offset, packet.pktLen - offset) != 0xffff) return Edge.DROP_ICMP4_BAD_CHECKSUM;
  if (!isOwnNextHop(packet.nextHop)) return Edge.DROP_ICMP4_TO_MANY;
  const icmp = changetype<IcmpHeader>(packet.data + offset);
  const type: u32 = icmp.type;
  if (type == ICMP4_ECHO_REQUEST) return answerEcho(header, icmp);
  if (!isForControl(type)) return Edge.DROP_ICMP4_UNKNOWN_TYPE;
  return punt(NODE_ICMP4_LOCAL, packet) ? Edge.PUNTED : Edge.DROP_PUNT_FULL;
}

/** Turns a request into its reply: addresses swapped, all else sent back as it came (RFC 1122 3.2.2.6). */
function answerEcho(header: Ip4Header, icmp: IcmpHeader): u32 {
  icmp.type = <u8>ICMP4_ECHO_REPLY;
  icmp.checksumRaw = <u16>fold(<u64>icmp.checksumRaw + ICMP4_ECHO_REQUEST);
  const source = header.sourceRaw;
  header.sourceRaw = header.destinationRaw;
  header.destinationRaw = source;
  header.ttl = IP4_DEFAULT_TTL;
  header.checksumRaw = 0;
  header.checksumRaw = checksumOf(sumBytes(changetype<usize>(header), header.headerBytes));
  return Edge.IP4_SEND;
}

function isForControl(type: u32): bool {
  return (
    type == ICMP4_ECHO_REPLY ||
    type == ICMP4_UNREACHABLE ||
    type == ICMP4_TIME_EXCEEDED ||
    type == ICMP4_PARAMETER_PROBLEM
  );
}
