import type { Input } from '../input.ts';
import type { Layer } from './layers.ts';

// What came in tunnels as it may come out of them: with what the outer headers say of congestion (RFC 6040 4.2), and
// no more of its time to live than the labels have left (RFC 3443 3.3).

const ECN = 3;
const CAPABLE1 = 1;
const CAPABLE0 = 2;
const CONGESTED = 3;

/** What may have become of an input when the headers in front of layer `first` were taken off it. */
export function emerged(input: Input, layers: readonly Layer[], first: number): readonly Input[] {
  const lowered = withLabels(input, layers, first);
  const congested = withCongestion(lowered, layers, first);
  return congested === lowered ? [lowered] : [lowered, congested];
}

function withCongestion(input: Input, layers: readonly Layer[], first: number): Input {
  let now = input;
  let outer: Layer | undefined;
  for (const [i, layer] of layers.entries()) {
    if (layer.kind !== 'ip4' && layer.kind !== 'ip6') continue;
    if (outer) now = merged(now, outer, layer);
    if (i >= first) break;
    outer = layer;
  }
  return now;
}

/** An IP packet right behind labels keeps as much of its time to live as the least of theirs. */
function withLabels(input: Input, layers: readonly Layer[], first: number): Input {
  const layer = layers[first];
  let least = 255;
  for (let i = first - 1; layers[i]?.kind === 'label'; i--)
    least = Math.min(least, input.view.getUint8((layers[i]?.at ?? 0) + 3));
  if (!layer || (layer.kind !== 'ip4' && layer.kind !== 'ip6')) return input;
  const place = layer.at + (layer.kind === 'ip4' ? 8 : 7);
  if (input.view.getUint8(place) <= least) return input;
  const changed = copyOf(input);
  const before = changed.view.getUint16(place);
  changed.view.setUint8(place, least);
  if (layer.kind === 'ip4') addChange(changed.view, layer.at, before, changed.view.getUint16(place));
  return changed;
}

function copyOf(input: Input): Input {
  const bytes = input.bytes.slice(0, input.length);
  return { ...input, bytes, view: new DataView(bytes.buffer) };
}

/** Adds the change of a word to an IPv4 header's checksum (RFC 1624 3). */
export function addChange(view: DataView, ip: number, before: number, after: number): void {
  const sum = (~view.getUint16(ip + 10) & 0xffff) + (~before & 0xffff) + after;
  const folded = (sum & 0xffff) + (sum >>> 16);
  view.setUint16(ip + 10, ~((folded & 0xffff) + (folded >>> 16)) & 0xffff);
}

function merged(input: Input, outer: Layer, inner: Layer): Input {
  const [says, has] = [congestionOf(input, outer), congestionOf(input, inner)];
  const takes = has !== 0 && (says === CONGESTED || (says === CAPABLE1 && has === CAPABLE0));
  if (!takes || says === has) return input;
  const changed = copyOf(input);
  setCongestion(changed.view, inner, says);
  return changed;
}

function congestionOf({ view }: Input, { kind, at }: Layer): number {
  return kind === 'ip4' ? view.getUint8(at + 1) & ECN : (view.getUint8(at + 1) >> 4) & ECN;
}

function setCongestion(view: DataView, { kind, at }: Layer, value: number): void {
  const before = view.getUint16(at);
  if (kind === 'ip6') {
    view.setUint16(at, (before & ~(ECN << 4)) | (value << 4));
    return;
  }
  const after = (before & ~ECN) | value;
  view.setUint16(at, after);
  addChange(view, at, before, after);
}
