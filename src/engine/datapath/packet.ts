import { delta } from './instance';

/**
 * A packet: DPDK's struct rte_mbuf as it lies in memory (rte_mbuf_core.h, the same in 22.11, 24.11 and 25.11).
 *
 *   0 ┌ bufAddr ──────────────┬ bufIova ──────────────┐ 16
 *  16 │ dataOff refcnt nbSegs port │ olFlags          │ 32
 *  32 │ packetType │ pktLen   │ dataLen tci │ rss …   │ 48
 *  48 │ … tciOuter bufLen     │ pool                  │ 64
 *  64 │ next                  │ txOffload             │ 80
 *  80 │ shinfo … privSize     │ ours from 92 on …     │ 128
 *     └───────────────────────┴───────────────────────┘
 *
 * Bytes 92 to 127 are a dynamic field the host has reserved for us: what one stage tells the next.
 * `data` always points at the header that the next stage reads: `strip` and `prepend` move it.
 */
@unmanaged
export class Packet {
  bufAddr: u64;
  bufIova: u64;
  dataOff: u16;
  refcnt: u16;
  nbSegs: u16;
  port: u16;
  olFlags: u64;
  packetType: u32;
  pktLen: u32;
  dataLen: u16;
  vlanTci: u16;
  rss: u32;
  hashHigh: u32;
  vlanTciOuter: u16;
  bufLen: u16;
  pool: u64;
  nextAddr: u64;
  txOffload: u64;
  shinfo: u64;
  privSize: u16;
  timesync: u16;

  /** Interface it came in by (92). */
  iface: u16;
  /** Interface it leaves by (94). */
  output: u16;
  /** Next hop chosen for it: an index into the next-hop table (96). */
  nextHop: u32;
  /** VRF it is routed in (100). */
  vrf: u16;
  /** dataOff when it was received, where its frame starts; NO_FRAME when it was made here (102). */
  frameOff: u16;
  /** Trace it belongs to, zero for none (104). */
  trace: u32;
  /** PACKET_… flags (108). */
  flags: u32;
  /** Ethertype of what `data` points at, as it lies on the wire (112). */
  etherType: u16;
  spare: u16;
  /** For a stage to tell the next one: their meaning belongs to the two of them (116). */
  note: u32;
  note2: u32;
  /** The packet behind it in a stage's queue (124). */
  link: u32;

  /** Address of the current header's first byte: a buffer lies right behind its mbuf, the host sees to that. */
  @inline get data(): usize {
    return changetype<usize>(this) + (this.dataOff + offsetof<Packet>());
  }

  /** Moves past `bytes` of header; the caller has checked that dataLen holds them. */
  @inline strip(bytes: u32): void {
    this.dataOff += <u16>bytes;
    this.dataLen -= <u16>bytes;
    this.pktLen -= bytes;
  }

  /** Makes room for `bytes` of header in front; false when the headroom is too small. */
  @inline prepend(bytes: u32): bool {
    if (this.headroom < bytes) return false;
    this.extend(bytes);
    return true;
  }

  /** How many bytes there is room for in front. */
  @inline get headroom(): u32 {
    return this.dataOff;
  }

  /** Makes room for `bytes` of header in front, where the headroom is known to hold them. */
  @inline extend(bytes: u32): void {
    this.dataOff -= <u16>bytes;
    this.dataLen += <u16>bytes;
    this.pktLen += bytes;
  }

  /** Keeps the first `bytes` of a packet of one segment. */
  @inline cut(bytes: u32): void {
    this.dataLen = <u16>bytes;
    this.pktLen = bytes;
  }

  /** The next segment of a chained packet, or null. */
  @inline get nextSegment(): Packet | null {
    const next = this.nextAddr;
    return next ? changetype<Packet>(<usize>(next - delta)) : null;
  }
}

/** frameOff of a packet that did not come in as a frame. */
export const NO_FRAME: u16 = 0xffff;

/** The packet came from this host or from the router itself: locally made, not to be redirected or rate-limited as foreign. */
export const PACKET_LOCAL: u32 = 1;
/** The frame was sent to a group or broadcast address on the link. */
export const PACKET_LINK_MULTICAST: u32 = 2;
/** The packet's network header has options, as whoever read it last found. */
export const PACKET_OPTIONS: u32 = 4;
/** How often something has been put round the packet, and taken off it in this router. */
export const PACKET_DEPTH: u32 = 0xf00;

// Bits of olFlags (rte_mbuf_core.h).
export const RX_VLAN: u64 = 1 << 0;
export const RX_RSS_HASH: u64 = 1 << 1;
export const RX_L4_CKSUM_BAD: u64 = 1 << 3;
export const RX_IP_CKSUM_BAD: u64 = 1 << 4;
export const RX_VLAN_STRIPPED: u64 = 1 << 6;
export const RX_IP_CKSUM_GOOD: u64 = 1 << 7;
export const RX_L4_CKSUM_GOOD: u64 = 1 << 8;
/** All that a sender can ask of a port (RTE_MBUF_F_TX_OFFLOAD_MASK lies within): bits 41 to 60. */
export const TX_ANY: u64 = (0xfffff as u64) << 41;
export const TX_TCP_SEG: u64 = (1 as u64) << 50;
export const TX_L4_MASK: u64 = (3 as u64) << 52;
export const TX_TCP_CKSUM: u64 = (1 as u64) << 52;
export const TX_UDP_CKSUM: u64 = (3 as u64) << 52;
export const TX_IP_CKSUM: u64 = (1 as u64) << 54;
export const TX_IPV4: u64 = (1 as u64) << 55;
export const TX_IPV6: u64 = (1 as u64) << 56;
