import { Packet } from '../../../engine/datapath/packet';
import { NODE_BIT } from '../../../engine/layout';
import { ETHER_HEADER_BYTES } from '../../../net/datapath/ether-header';
import { nodeAfterOutput } from '../../interface/datapath/interface-rest';
import { NAT_OUTPUT_PLACE } from '../layout';
import { flowOn, SIDE_INSIDE } from './flow';
import { goOut } from './go-out';
import { translateAtOnce } from './known-end';
import { readFrame } from './read-flow';
import { NAT_BUSY, NAT_CUT, NAT_DONE, NAT_FULL, NAT_NO_PORT, NAT_NO_SESSION } from './verdict';

export enum Edge {
  DROP_NAT_TRUNCATED,
  /** A new session would be more than `conntrack config` allows, or its places in the table are taken. */
  DROP_NAT_TABLE_FULL,
  /** No port is free towards the packet's other end, as far as was looked. */
  DROP_NAT_NO_PORT,
  /** Another worker makes the same session at this moment. */
  DROP_NAT_BUSY,
  /** An answer, an end of a connection, or an error that belongs to no session: its sender would be shown as somebody else. */
  DROP_NAT_NO_SESSION,
  /** A message of ICMP that means nothing to who is behind another address, such as a redirect. */
  DROP_NAT_UNSUPPORTED,
}

/**
 * Gives what leaves by an interface with NAT the address by which its sender is known there (RFC 3022): by a rule of
 * dnat44, or by its session, which it begins where a rule of snat44 has its source. The common case comes last: a plain
 * packet whose sender is known at once.
 *
 * @frame
 * @table interface-output
 */
export function natOutput(packet: Packet): u32 {
  if (!translateAtOnce(packet, packet.output, SIDE_INSIDE, false)) return translateCarefully(packet);
  return NODE_BIT | nodeAfterOutput(packet.output, NAT_OUTPUT_PLACE);
}

function translateCarefully(packet: Packet): u32 {
  const flow = flowOn(packet.output, SIDE_INSIDE, packet.olFlags);
  readFrame(flow, packet.data, ETHER_HEADER_BYTES, packet.dataLen);
  const verdict = goOut(flow);
  if (verdict != NAT_DONE) return dropFor(verdict);
  return NODE_BIT | nodeAfterOutput(packet.output, NAT_OUTPUT_PLACE);
}

function dropFor(verdict: u32): u32 {
  if (verdict == NAT_CUT) return Edge.DROP_NAT_TRUNCATED;
  if (verdict == NAT_FULL) return Edge.DROP_NAT_TABLE_FULL;
  if (verdict == NAT_NO_PORT) return Edge.DROP_NAT_NO_PORT;
  if (verdict == NAT_BUSY) return Edge.DROP_NAT_BUSY;
  return verdict == NAT_NO_SESSION ? Edge.DROP_NAT_NO_SESSION : Edge.DROP_NAT_UNSUPPORTED;
}
