import { Packet } from '../../../engine/datapath/packet';
import { SRV6_SIDS } from '../../../engine/datapath/regions';
import { nextHopAt } from '../../neighbor/datapath/next-hop';
import { MAX_SRV6_SIDS } from '../layout';

/** What a SID of ours does: 16 bytes, written before a next hop leads to it. */
@unmanaged
export class Srv6Sid {
  /** SID_…; zero for none. */
  behavior: u8;
  /** FLAVOR_… bits. */
  flavors: u8;
  /** How many bits of a compressed SID are its block, and its number in that. */
  blockBits: u8;
  csidBits: u8;
  /** VRF that packets are looked up in, and the interface that stands for it. */
  vrf: u16;
  vrfInterface: u16;
  /** Next hop that packets go to. */
  nextHop: u32;
  spare: u32;
}

/** Record of the next hop of a packet; the empty one where that is another kind. @inline */
export function sidOf(packet: Packet): Srv6Sid {
  const record = nextHopAt(packet.nextHop).record;
  return sidAt(record < MAX_SRV6_SIDS ? record : 0);
}

/** @inline */
export function sidAt(record: u32): Srv6Sid {
  return changetype<Srv6Sid>(SRV6_SIDS + ((<usize>record) << 4));
}
