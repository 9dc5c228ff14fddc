import { NODE_IP4_INPUT } from '../../../engine/datapath/nodes';
import { Packet, RX_IP_CKSUM_BAD } from '../../../engine/datapath/packet';
import { ETHER_TYPES } from '../../../engine/datapath/regions';
import { ETHER_HEADER_BYTES, TYPE_IP4_RAW } from '../../../net/datapath/ether-header';
import { IP4_HEADER_BYTES, IP4_PLAIN } from '../../../net/datapath/ip4-header';
import {
  INTERFACE_CAPTURED,
  INTERFACE_TRACED,
  INTERFACE_UP,
  Interface,
  interfaceAt,
} from '../../interface/datapath/interface';
import { L4_CKSUM_SUSPECT } from '../../port/datapath/l4-checksum';
import { interfaceOfPort } from '../../port/datapath/port-interface';

// Most bursts are of plain IPv4 packets, of which ether-input and ip4-input ask the same a dozen times over. Here it is
// asked of four packets side by side, by vector instructions, and no packet decides a branch.

/** Packets that are looked at side by side. */
const SIDE_BY_SIDE: u32 = 4;
/** Bytes 16 to 31 of a packet: where its data starts, its segments, its port and the port's flags. */
const SHAPE: usize = 16;
/** Where a packet's two lengths lie, and in a frame the destination of an IPv4 packet. */
const PACKET_BYTES: usize = 36;
const DATA_BYTES: usize = 40;
const DESTINATION: usize = 30;

/**
 * How many packets at the start of a burst are plain: whole, from the first one's port, of its shape, to the station that
 * the port is; IPv4 without options or padding, with a right checksum, time to live for us and another hop, between
 * addresses that nothing is special about.
 * Who comes behind one that is different is not looked at.
 */
export function foresee(burst: usize, packets: u32): u32 {
  if (packets < SIDE_BY_SIDE) return 0;
  const first = changetype<Packet>(<usize>load<u32>(burst));
  const iface = interfaceAt(interfaceOfPort(first.port));
  if (!isUsual(first, iface)) return 0;
  return countPlain(burst, packets, i64x2.replace_lane(i64x2.splat(iface.mac), 1, IP4_FRAME));
}

/** Bytes 8 to 15 of a frame with a plain IPv4 header, as far as they are the same in all: type, version and length. */
const IP4_FRAME: u64 = ((<u64>TYPE_IP4_RAW) << 32) | ((<u64>IP4_PLAIN) << 48);
/** Which of a frame's first 16 bytes these are, with the destination. */
const ADDRESSED_BYTES: v128 = i8x16(-1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, -1, -1, -1, 0);

/** Tells whether ether-input's packets go to ip4-input, and what the port says of one leaves it to us to check it. */
function isUsual(packet: Packet, iface: Interface): bool {
  if ((iface.flags & (INTERFACE_UP | INTERFACE_TRACED | INTERFACE_CAPTURED)) != INTERFACE_UP) return false;
  if (load<u16>(ETHER_TYPES + ((<usize>TYPE_IP4_RAW) << 1)) != <u16>NODE_IP4_INPUT) return false;
  return packet.nbSegs == 1 && !(packet.olFlags & (RX_IP_CKSUM_BAD | L4_CKSUM_SUSPECT));
}

/**
 * Counts four by four the packets that begin as `addressed` says and are plain for the rest, up to four of which one is
 * not. V8 makes a constant vector anew wherever it is used, in three instructions; what it does not know to be constant,
 * as it comes of the first packet, stays in a register.
 */
function countPlain(burst: usize, packets: u32, addressed: v128): u32 {
  const first = <usize>load<u32>(burst);
  const start = offsetof<Packet>() + changetype<Packet>(first).dataOff;
  const shape = v128.load(first, SHAPE);
  const set = i32x4.eq(shape, shape);
  const addressedBytes = v128.and(ADDRESSED_BYTES, set);
  const frameBytes = v128.and(i32x4.splat(ETHER_HEADER_BYTES), set);
  const leastBytes = v128.and(i32x4.splat(IP4_HEADER_BYTES), set);
  const living = i32x4.shl(i32x4.shr_u(set, 25), 1); // bits of a time to live of more than one
  const signs = i16x8.shl(set, 15);
  const ones = i16x8.shr_u(set, 15);
  const taken = v128.and(i32x4.splat(5 << 16), set); // by `sumOfHalves` from five sums
  let plain: u32 = 0;
  for (; plain + SIDE_BY_SIDE <= packets; plain += SIDE_BY_SIDE) {
    const group = burst + (plain << 2);
    const packet0 = <usize>load<u32>(group);
    const packet1 = <usize>load<u32>(group, 4);
    const packet2 = <usize>load<u32>(group, 8);
    const packet3 = <usize>load<u32>(group, 12);
    const frame0 = packet0 + start;
    const frame1 = packet1 + start;
    const frame2 = packet2 + start;
    const frame3 = packet3 + start;

    let unlike = v128.xor(v128.load(packet0, SHAPE), shape);
    unlike = v128.or(unlike, v128.xor(v128.load(packet1, SHAPE), shape));
    unlike = v128.or(unlike, v128.xor(v128.load(packet2, SHAPE), shape));
    unlike = v128.or(unlike, v128.xor(v128.load(packet3, SHAPE), shape));

    let others = v128.xor(v128.load(frame0), addressed);
    others = v128.or(others, v128.xor(v128.load(frame1), addressed));
    others = v128.or(others, v128.xor(v128.load(frame2), addressed));
    others = v128.or(others, v128.xor(v128.load(frame3), addressed));
    unlike = v128.or(unlike, v128.and(others, addressedBytes));

    // The headers' words, each of all four packets.
    const header0 = v128.load(frame0, ETHER_HEADER_BYTES);
    const header1 = v128.load(frame1, ETHER_HEADER_BYTES);
    const header2 = v128.load(frame2, ETHER_HEADER_BYTES);
    const header3 = v128.load(frame3, ETHER_HEADER_BYTES);
    const low01 = i32x4.shuffle(header0, header1, 0, 4, 1, 5);
    const low23 = i32x4.shuffle(header2, header3, 0, 4, 1, 5);
    const high01 = i32x4.shuffle(header0, header1, 2, 6, 3, 7);
    const high23 = i32x4.shuffle(header2, header3, 2, 6, 3, 7);
    const lengths = i64x2.shuffle(low01, low23, 0, 2);
    const ttls = i64x2.shuffle(high01, high23, 0, 2);
    const sources = i64x2.shuffle(high01, high23, 1, 3);
    let destinations = v128.load32_zero(frame0, DESTINATION);
    destinations = v128.load32_lane(frame1, destinations, 1, DESTINATION);
    destinations = v128.load32_lane(frame2, destinations, 2, DESTINATION);
    destinations = v128.load32_lane(frame3, destinations, 3, DESTINATION);
    unlike = v128.or(unlike, special(sources, destinations, set, ones));
    unlike = v128.or(unlike, i32x4.eq(v128.and(ttls, living), i32x4.splat(0)));
    unlike = v128.or(unlike, i16x8.eq(ttls, set)); // a checksum to which one cannot be added

    let sum = i32x4.add(sumOfHalves(lengths, signs, ones), sumOfHalves(sources, signs, ones));
    sum = i32x4.add(sum, sumOfHalves(i64x2.shuffle(low01, low23, 1, 3), signs, ones));
    sum = i32x4.add(sum, sumOfHalves(ttls, signs, ones));
    sum = i32x4.add(sum, sumOfHalves(destinations, signs, ones));
    unlike = v128.or(unlike, wrongSum(i32x4.add(sum, taken), set));

    let packetBytes = v128.load32_zero(packet0, PACKET_BYTES);
    packetBytes = v128.load32_lane(packet1, packetBytes, 1, PACKET_BYTES);
    packetBytes = v128.load32_lane(packet2, packetBytes, 2, PACKET_BYTES);
    packetBytes = v128.load32_lane(packet3, packetBytes, 3, PACKET_BYTES);
    let dataBytes = v128.load32_zero(packet0, DATA_BYTES);
    dataBytes = v128.load32_lane(packet1, dataBytes, 1, DATA_BYTES);
    dataBytes = v128.load32_lane(packet2, dataBytes, 2, DATA_BYTES);
    dataBytes = v128.load32_lane(packet3, dataBytes, 3, DATA_BYTES);
    const total = i32x4.shr_u(swapHalves(lengths), 16);
    const wanted = i32x4.add(total, frameBytes);
    unlike = v128.or(unlike, v128.xor(packetBytes, wanted));
    unlike = v128.or(unlike, v128.and(v128.xor(dataBytes, wanted), i32x4.shr_u(set, 16)));
    unlike = v128.or(unlike, i32x4.lt_s(total, leastBytes));
    if (v128.any_true(unlike)) break;
  }
  return plain;
}

/** Adds the two halves of each word, less 65536: there is a product of signed halves only. @inline */
function sumOfHalves(words: v128, signs: v128, ones: v128): v128 {
  return i32x4.dot_i16x8_s(v128.xor(words, signs), ones);
}

/**
 * What makes a header's checksum wrong, zero where it is right: the sum of its ten halves is 0xffff once its own two are
 * added (RFC 1071 2), so that one is the other's inverse. @inline
 */
function wrongSum(sum: v128, set: v128): v128 {
  const halves = v128.xor(sum, i32x4.shl(sum, 16));
  return v128.xor(i32x4.shr_s(halves, 16), set);
}

/** Swaps the bytes of each half of a word. @inline */
function swapHalves(words: v128): v128 {
  return v128.or(i16x8.shl(words, 8), i16x8.shr_u(words, 8));
}

/** Not zero where the first byte of an address, which lies lowest, is 0, 127 or from 224 on. @inline */
function special(sources: v128, destinations: v128, set: v128, ones: v128): v128 {
  const byte = i32x4.shr_u(set, 24);
  const bytes = v128.or(v128.and(sources, byte), i32x4.shl(v128.and(destinations, byte), 16));
  const from224 = i16x8.shr_u(i16x8.add(bytes, i16x8.shl(ones, 5)), 8);
  const network0 = i16x8.eq(bytes, i16x8.splat(0));
  const loopback = i16x8.eq(bytes, i16x8.shr_u(set, 9));
  return v128.or(v128.or(from224, network0), loopback);
}
