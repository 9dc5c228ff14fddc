import { Packet } from '../../../engine/datapath/packet';
import { NextHopDetails, nextHopDetailsAt } from '../../neighbor/datapath/next-hop-details';

/**
 * Replaces a packet's next hop, a group, by the member that its flow's hash falls to; false for an empty group. A
 * group is a table of slots, a power of two, each with a member's index: a member that changes moves only the flows
 * of its own slots. Table and size are read in one step, as they are written.
 */
export function chooseMember(packet: Packet, hash: u32): bool {
  const details = nextHopDetailsAt(packet.nextHop);
  const group = load<u64>(changetype<usize>(details) + offsetof<NextHopDetails>('members'));
  const slots = <u32>(group >> 32);
  if (!slots) return false;
  packet.nextHop = load<u32>(<usize>(<u32>group) + ((hash & (slots - 1)) << 2));
  return true;
}
