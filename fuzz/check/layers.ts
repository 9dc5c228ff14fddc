// Which headers lie in a packet, and where: written from the RFCs for the fuzzer alone.

import { type Input, ipOffsetOf } from '../input.ts';

export type LayerKind = 'frame' | 'tag' | 'arp' | 'ip4' | 'ip6' | 'udp' | 'gre' | 'vxlan' | 'label' | 'word';

/** A header in a packet: where it begins, and where what it is about ends by the lengths in front. */
export interface Layer {
  readonly kind: LayerKind;
  readonly at: number;
  readonly end: number;
}

/** UDP ports whose payload is VXLAN (RFC 7348 and what Linux took before), and a stack of labels (RFC 7510 and before). */
export const VXLAN_PORTS: readonly number[] = [4789, 8472];
export const LABEL_PORTS: readonly number[] = [6635, 51234];
/** Ethertypes of tags: customer and service (IEEE 802.1Q 9.5), and with what was used for service tags before. */
export const OWN_TAG_TYPES: readonly number[] = [0x8100, 0x88a8];
export const TAG_TYPES: readonly number[] = [...OWN_TAG_TYPES, 0x9100];

export const FRAME_BYTES = 14;
export const TAG_BYTES = 4;
export const LABEL_BYTES = 4;
export const VXLAN_BYTES = 8;
export const UDP_BYTES = 8;

/** The headers of what came. */
export function layersOfInput(input: Input): readonly Layer[] {
  return layersOf(input.view, firstLayerOf(input));
}

/**
 * The headers of what came, in every way in which they can be read: only who has given out a label knows whether a frame
 * is behind it, and whether a control word is in front of that.
 */
export function readingsOf(input: Input, layers: readonly Layer[]): readonly (readonly Layer[])[] {
  const readings = layers.flatMap((layer, i) => {
    if (layer.kind !== 'label' || !(input.view.getUint8(layer.at + 2) & 1)) return [];
    return [LABEL_BYTES, 2 * LABEL_BYTES].map((offset) => {
      const frame = { kind: 'frame', at: layer.at + offset, end: layer.end } as const;
      return [...layers.slice(0, i + 1), ...layersOf(input.view, frame)];
    });
  });
  return [layers, ...readings];
}

/** The outermost header of what came. */
export function firstLayerOf(input: Input): Layer {
  const { view, length } = input;
  if (ipOffsetOf(input) > 0) return { kind: 'frame', at: 0, end: length };
  const isIp6 = length > 0 && view.getUint8(0) >> 4 === 6;
  return { kind: isIp6 ? 'ip6' : 'ip4', at: 0, end: length };
}

/** More headers than any packet of the fuzzer has a reason to have. */
const MOST_LAYERS = 32;

/** A header and all those in it, outermost first, as far as they are whole. */
export function layersOf(view: DataView, first: Layer): readonly Layer[] {
  const layers: Layer[] = [];
  let next: Layer | undefined = first;
  while (next && layers.length < MOST_LAYERS && isWhole(next)) {
    layers.push(next);
    next = layerIn(view, next);
  }
  return layers;
}

/** What a header that is whole says that follows it, whole or not; undefined for nothing that we know. */
export function layerIn(view: DataView, { kind, at, end }: Layer): Layer | undefined {
  return follow[kind](view, at, end);
}

const leastBytes: Readonly<Record<LayerKind, number>> = {
  frame: FRAME_BYTES,
  tag: TAG_BYTES,
  arp: 28,
  ip4: 20,
  ip6: 40,
  udp: UDP_BYTES,
  gre: 4,
  vxlan: VXLAN_BYTES,
  label: LABEL_BYTES,
  word: 4,
};

/** Whether all of a header's fixed part is there. */
export function isWhole({ kind, at, end }: Layer): boolean {
  return at + leastBytes[kind] <= end;
}

const follow: Readonly<Record<LayerKind, (view: DataView, at: number, end: number) => Layer | undefined>> = {
  frame: (view, at, end) => behindType(view.getUint16(at + 12), at + FRAME_BYTES, end),
  tag: (view, at, end) => behindType(view.getUint16(at + 2), at + TAG_BYTES, end),
  arp: () => undefined,
  ip4: behindIp4,
  ip6: behindIp6,
  udp: behindUdp,
  gre: (view, at, end) => behindType(view.getUint16(at + 2), at + greBytes(view, at), end),
  vxlan: (_, at, end) => ({ kind: 'frame', at: at + VXLAN_BYTES, end }),
  label: behindLabel,
  word: (_, at, end) => ({ kind: 'frame', at: at + 4, end }),
};

function behindType(type: number, at: number, end: number): Layer | undefined {
  if (TAG_TYPES.includes(type)) return { kind: 'tag', at, end };
  if (type === 0x0806) return { kind: 'arp', at, end };
  if (type === 0x0800) return { kind: 'ip4', at, end };
  if (type === 0x86dd) return { kind: 'ip6', at, end };
  if (type === 0x8847) return { kind: 'label', at, end };
  return type === 0x6558 ? { kind: 'frame', at, end } : undefined;
}

function behindIp4(view: DataView, at: number, end: number): Layer | undefined {
  if (view.getUint8(at) >> 4 !== 4 || view.getUint16(at + 6) & 0x3fff) return undefined;
  const header = Math.max(20, (view.getUint8(at) & 15) * 4);
  return behindProtocol(view.getUint8(at + 9), at + header, Math.min(end, at + view.getUint16(at + 2)));
}

function behindIp6(view: DataView, at: number, whole: number): Layer | undefined {
  if (view.getUint8(at) >> 4 !== 6) return undefined;
  const end = Math.min(whole, at + 40 + view.getUint16(at + 4));
  let protocol = view.getUint8(at + 6);
  let offset = at + 40;
  while ([0, 43, 44, 60].includes(protocol) && offset + 8 <= end) {
    if (protocol === 44 && view.getUint16(offset + 2) & 0xfff9) return undefined;
    const bytes = protocol === 44 ? 8 : (view.getUint8(offset + 1) + 1) * 8;
    protocol = view.getUint8(offset);
    offset += bytes;
  }
  return behindProtocol(protocol, offset, end);
}

function behindProtocol(protocol: number, at: number, end: number): Layer | undefined {
  if (protocol === 17) return { kind: 'udp', at, end };
  if (protocol === 47) return { kind: 'gre', at, end };
  if (protocol === 4) return { kind: 'ip4', at, end };
  return protocol === 41 ? { kind: 'ip6', at, end } : undefined;
}

function behindUdp(view: DataView, at: number, whole: number): Layer | undefined {
  const port = view.getUint16(at + 2);
  const end = Math.min(whole, at + view.getUint16(at + 4));
  if (VXLAN_PORTS.includes(port)) return { kind: 'vxlan', at: at + UDP_BYTES, end };
  return LABEL_PORTS.includes(port) ? { kind: 'label', at: at + UDP_BYTES, end } : undefined;
}

/** Bytes of a GRE header with the fields that its bits announce (RFC 2784 2, RFC 2890 2). */
export function greBytes(view: DataView, at: number): number {
  const bits = view.getUint8(at);
  const checksum = bits & 0xc0 ? 4 : 0;
  return 4 + checksum + (bits & 0x20 ? 4 : 0) + (bits & 0x10 ? 4 : 0);
}

/** What a stack of labels carries is told by its first bits: IP by its version, a control word by zero (RFC 4385 2, 3). */
function behindLabel(view: DataView, label: number, end: number): Layer | undefined {
  const at = label + LABEL_BYTES;
  if (!(view.getUint8(label + 2) & 1)) return { kind: 'label', at, end };
  if (at + 4 > end) return undefined;
  const version = view.getUint8(at) >> 4;
  if (version === 4) return { kind: 'ip4', at, end };
  if (version === 6) return { kind: 'ip6', at, end };
  return view.getUint32(at) === 0 ? { kind: 'word', at, end } : { kind: 'frame', at, end };
}
