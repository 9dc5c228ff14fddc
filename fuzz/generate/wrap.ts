import { ipv4Packet, ipv6Packet, joinBytes } from '../../src/net/frame/build.ts';
import { type Layer, layersOfInput } from '../check/layers.ts';
import { INPUT_BYTES, type Input, ipOffsetOf } from '../input.ts';
import { oneOf, type Random } from './header.ts';
import {
  farEnds4,
  farEnds6,
  labels,
  ownAddresses4,
  ownAddresses6,
  ownSids,
  segments,
  vnis,
} from './places.ts';
import { gre, routingHeader, stack, tunnelDatagram, vxlan } from './tunnel-headers.ts';

const vxlanPorts = [4789, 4789, 4789, 8472];
const labelPorts = [6635, 6635, 51234];
const GRE_LABELS = 0x8847;
const ROUTING = 43;

/** Puts a tunnel's headers round a packet, or round another in its place: from a far end to us. */
export function wrap(input: Input, other: Input, random: Random): void {
  const inner = random(2) === 0 ? input : other;
  const [payload, protocol] = tunnelled(inner, random);
  const packet = random(6) === 0 ? segmented(payload, protocol, random) : outer(payload, protocol, random);
  const at = ipOffsetOf(input);
  if (at + packet.length > INPUT_BYTES || payload.length > 8000) return;
  input.bytes.set(packet, at);
  input.length = at + packet.length;
  if (at > 0) input.view.setUint16(12, (packet[0] ?? 0) >> 4 === 6 ? 0x86dd : 0x0800);
}

/** Takes a packet's outermost headers off: what was inside is all. */
export function unwrap(input: Input, _: Input, random: Random): void {
  const layers = layersOfInput(input);
  const first = ipOffsetOf(input) > 0 ? 'frame' : 'ip4';
  const inside = layers.filter(({ kind, at }) => at > 0 && kind === first);
  const from = inside[random(inside.length || 1)]?.at;
  if (from === undefined) return;
  input.bytes.copyWithin(0, from, input.length);
  input.length -= from;
}

/** What is put round a packet, with what is in it, and the protocol that says so. */
function tunnelled(inner: Input, random: Random): readonly [Uint8Array, number] {
  const kind = random(9);
  const source = 49152 + random(16384);
  if (kind < 3) {
    const vni = random(8) === 0 ? random(1 << 24) : oneOf(vnis, random);
    const reserved = random(12) === 0 ? random(256) : 0;
    const flags = random(12) === 0 ? random(256) : 8;
    const datagram = vxlan({ vni, flags, reserved }, frameOf(inner));
    return [tunnelDatagram(oneOf(vxlanPorts, random), source, datagram), 17];
  }
  if (kind < 6) return [tunnelDatagram(oneOf(labelPorts, random), source, labelled(inner, random)), 17];
  if (kind === 6) return [gre(greBits(random), GRE_LABELS, labelled(inner, random)), 47];
  if (kind === 8) {
    const packet = packetOf(inner);
    const isTrue = random(12) !== 0;
    return [packet, ((packet[0] ?? 0) >> 4 === 6) === isTrue ? 41 : 4];
  }
  const type = oneOf([0x0800, 0x86dd, 0x6558, 0x88be], random);
  return [gre(greBits(random), type, type === 0x6558 ? frameOf(inner) : packetOf(inner)), 47];
}

function outer(payload: Uint8Array, protocol: number, random: Random): Uint8Array {
  if (random(2) === 0) {
    const ends = { source: oneOf(farEnds4, random), destination: oneOf(ownAddresses4, random) };
    return ipv4Packet({ ...ends, protocol, tos: random(4), dontFragment: random(2) === 0 }, payload);
  }
  const ends = { source: oneOf(farEnds6, random), destination: oneOf(ownAddresses6, random) };
  return ipv6Packet({ ...ends, nextHeader: protocol, trafficClass: random(4) }, payload);
}

/** What goes to a SID of ours, mostly with a routing header. */
function segmented(payload: Uint8Array, protocol: number, random: Random): Uint8Array {
  const ends = { source: oneOf(farEnds6, random), destination: oneOf(ownSids, random) };
  const trafficClass = random(4);
  if (random(4) === 0) return ipv6Packet({ ...ends, nextHeader: protocol, trafficClass }, payload);
  const list = Array.from({ length: 1 + random(4) }, () => oneOf(segments, random));
  const left = random(8) === 0 ? random(6) : random(list.length);
  const header = routingHeader({ nextHeader: protocol, segments: list, left }, payload);
  return ipv6Packet({ ...ends, nextHeader: 43, trafficClass }, header);
}

/** Of eight, five are a plain GRE header, one has a key, one a checksum, and one anything (RFC 2784, RFC 2890). */
function greBits(random: Random): number {
  return oneOf([0, 0, 0, 0, 0, 0x2000, 0x8000, random(0x10000)], random);
}

/** A stack of labels and what it carries: IP, a frame, or a frame behind a control word. */
function labelled(inner: Input, random: Random): Uint8Array {
  const count = random(16) === 0 ? random(6) : 1 + (random(3) === 0 ? random(3) : 0);
  const entries = Array.from({ length: count }, (_, i) => ({
    label: random(8) === 0 ? random(1 << 20) : oneOf(labels, random),
    trafficClass: random(8),
    isLast: random(24) === 0 ? random(2) === 1 : i === count - 1,
    lifetime: random(4) === 0 ? oneOf([0, 1, 2, 255], random) : 64,
  }));
  const kind = random(6);
  if (kind === 0) return stack(entries, frameOf(inner));
  if (kind === 1) return stack(entries, joinBytes(new Uint8Array(4), frameOf(inner)));
  return stack(entries, packetOf(inner));
}

/** A packet as a frame, and as what is in one. */
function frameOf(input: Input): Uint8Array {
  const bytes = input.bytes.subarray(0, input.length);
  if (ipOffsetOf(input) > 0) return bytes;
  const type = (bytes[0] ?? 0) >> 4 === 6 ? [0x86, 0xdd] : [0x08, 0x00];
  return joinBytes(Uint8Array.of(2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 1, 1, ...type), bytes);
}

function packetOf(input: Input): Uint8Array {
  return input.bytes.subarray(Math.min(ipOffsetOf(input), input.length), input.length);
}

/** Changes a field of one of the headers that tunnels and VLANs have. */
export function setTunnel(input: Input, _: Input, random: Random): void {
  const found = layersOfInput(input).filter(({ kind }) => fields[kind] !== undefined);
  const layer = found[random(found.length || 1)];
  if (layer) fields[layer.kind]?.(input.view, layer, random);
}

type SetField = (view: DataView, layer: Layer, random: Random) => void;

const fields: { readonly [kind in Layer['kind']]?: SetField } = {
  udp: (view, { at, end }, random) => {
    const field = random(3);
    if (field === 0) view.setUint16(at + 2, oneOf([...vxlanPorts, ...labelPorts, 4000], random));
    if (field === 1)
      view.setUint16(at + 4, oneOf([0, 7, 8, 9, 16, end - at - 1, end - at + 1, 65535], random));
    if (field === 2) view.setUint16(at + 6, random(0x10000));
  },
  gre: (view, { at }, random) => {
    if (random(2) === 0)
      view.setUint16(at, oneOf([0, 0x2000, 0x8000, 0xa000, 0x1000, 0x4000, 1, 0xb000], random));
    else view.setUint16(at + 2, oneOf([GRE_LABELS, 0x0800, 0x86dd, 0x6558, 0x8848], random));
  },
  vxlan: (view, { at }, random) => {
    if (random(3) === 0) view.setUint32(at, oneOf([0, 0x08000000, 0x0c000000, 0xffffffff], random));
    else view.setUint32(at + 4, (oneOf(vnis, random) << 8) >>> 0);
  },
  label: (view, { at }, random) => {
    const word = view.getUint32(at);
    const field = random(4);
    if (field === 0) view.setUint8(at + 3, oneOf([0, 1, 2, 255], random));
    if (field === 1) view.setUint32(at, word ^ 0x100);
    if (field > 1) view.setUint32(at, ((oneOf(labels, random) << 12) | (word & 0xfff)) >>> 0);
  },
  ip6: (view, { at, end }, random) => {
    if (view.getUint8(at + 6) !== ROUTING || at + 48 > end) return;
    const field = random(4);
    if (field === 0) view.setUint8(at + 41, oneOf([0, 1, 2, 3, 4, 6, 8, 255], random));
    if (field === 1) view.setUint8(at + 42, oneOf([0, 2, 3, 4, 4], random));
    if (field === 2) view.setUint8(at + 43, oneOf([0, 1, 2, 3, 127, 255], random));
    if (field === 3) view.setUint8(at + 44, oneOf([0, 1, 2, 3, 127, 255], random));
  },
  tag: (view, { at }, random) => {
    view.setUint16(at, random(2) === 0 ? random(0x10000) : view.getUint16(at) ^ (1 << random(16)));
  },
};
