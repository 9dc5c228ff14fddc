import { pseudoSum, sum16 } from '../check/bytes.ts';
import { firstLayerOf, isWhole, LABEL_PORTS, type Layer, layerIn, VXLAN_PORTS } from '../check/layers.ts';
import { type Input, ipOffsetOf } from '../input.ts';
import type { Random } from './header.ts';

/** Makes lengths and checksums right again, most of the time: what is wrong at once is dropped at once. */
export function repair(input: Input, random: Random): void {
  repairType(input, random);
  const layers: Layer[] = [];
  let layer: Layer | undefined = firstLayerOf(input);
  while (layer && layers.length < 16 && isWhole(layer)) {
    lengths[layer.kind]?.(input, layer, random);
    layers.push(layer);
    layer = layerIn(input.view, layer);
  }
  for (let i = layers.length - 1; i >= 0; i--) {
    const sealed = layers[i];
    if (sealed) checksums[sealed.kind]?.(input, sealed, random, layers[i - 1]);
  }
}

function repairType(input: Input, random: Random): void {
  const ip = ipOffsetOf(input);
  const version = (input.bytes[ip] ?? 0) >> 4;
  if (ip === 0 || input.length <= 14 || random(8) === 0) return;
  const type = input.view.getUint16(12);
  if ((version === 4 || version === 6) && (type === 0x0800 || type === 0x86dd))
    input.view.setUint16(12, version === 6 ? 0x86dd : 0x0800);
}

type Repair = (input: Input, layer: Layer, random: Random, before?: Layer) => void;

const lengths: { readonly [kind in Layer['kind']]?: Repair } = {
  ip4: ({ view }, { at, end }, random) => {
    if (view.getUint8(at) >> 4 === 4 && random(8) !== 0) view.setUint16(at + 2, end - at);
  },
  ip6: ({ view }, { at, end }, random) => {
    if (view.getUint8(at) >> 4 === 6 && random(8) !== 0) view.setUint16(at + 4, end - at - 40);
  },
  udp: ({ view }, { at, end }, random) => {
    if (isTunnelPort(view.getUint16(at + 2)) && random(8) !== 0) view.setUint16(at + 4, end - at);
  },
};

const checksums: { readonly [kind in Layer['kind']]?: Repair } = { ip4: seal4, ip6: seal6, udp: sealUdp };

function isTunnelPort(port: number): boolean {
  return VXLAN_PORTS.includes(port) || LABEL_PORTS.includes(port);
}

function seal4({ view, length }: Input, { at: ip, end: whole }: Layer, random: Random): void {
  const header = (view.getUint8(ip) & 15) * 4;
  if (view.getUint8(ip) >> 4 !== 4 || header < 20 || whole < ip + header) return;
  const end = Math.min(whole, length, ip + view.getUint16(ip + 2));
  if (view.getUint8(ip + 9) === 1 && end >= ip + header + 4 && random(16) !== 0) {
    view.setUint16(ip + header + 2, 0);
    view.setUint16(ip + header + 2, ~sum16(view, ip + header, end - ip - header) & 0xffff);
  }
  if (random(32) === 0) return;
  view.setUint16(ip + 10, 0);
  if (random(32) === 0) {
    fillUp(view, ip, header);
    view.setUint16(ip + 10, random(2) === 0 ? 0 : 0xffff);
    return;
  }
  view.setUint16(ip + 10, ~sum16(view, ip, header) & 0xffff);
}

/** Gives a header the identification with which its checksum is zero, which can be written in two ways (RFC 1624 3). */
function fillUp(view: DataView, ip: number, header: number): void {
  view.setUint16(ip + 4, 0);
  view.setUint16(ip + 4, ~sum16(view, ip, header) & 0xffff);
}

function seal6({ view, length }: Input, { at: ip, end: whole }: Layer, random: Random): void {
  if (view.getUint8(ip) >> 4 !== 6) return;
  const end = Math.min(whole, length, ip + 40 + view.getUint16(ip + 4));
  const at = ip + icmpOffset(view, ip, end - ip);
  if (at === ip || end < at + 4 || random(16) === 0) return;
  view.setUint16(at + 2, 0);
  view.setUint16(at + 2, ~sum16(view, at, end - at, pseudoSum(view, ip, 58, end - at)) & 0xffff);
}

/** Where an ICMPv6 header lies behind extension headers; zero where there is none. */
function icmpOffset(view: DataView, ip: number, length: number): number {
  let protocol = view.getUint8(ip + 6);
  let at = 40;
  while (protocol !== 58) {
    if (at + 8 > length || (protocol !== 0 && protocol !== 43 && protocol !== 44 && protocol !== 60))
      return 0;
    protocol = view.getUint8(ip + at);
    at += view.getUint8(ip + at + 1) * 8 + 8;
  }
  return at;
}

/** The checksum of a tunnel's datagram: none, right, or rarely wrong. */
function sealUdp({ view, length }: Input, { at, end: whole }: Layer, random: Random, before?: Layer): void {
  const end = Math.min(whole, length, at + view.getUint16(at + 4));
  const choice = random(16);
  if (!before || !isTunnelPort(view.getUint16(at + 2)) || end < at + 8 || choice === 0) return;
  view.setUint16(at + 6, 0);
  if (choice < 10 || (before.kind !== 'ip4' && before.kind !== 'ip6')) return;
  const sum = ~sum16(view, at, end - at, pseudoSum(view, before.at, 17, end - at)) & 0xffff;
  view.setUint16(at + 6, sum || 0xffff);
}
