import type { Input } from '../input.ts';
import type { Layer } from './layers.ts';

// What came in tunnels as it may come out of them: with what the outer headers say of congestion (RFC 6040 4.2).

const ECN = 3;
const CAPABLE1 = 1;
const CAPABLE0 = 2;
const CONGESTED = 3;

/** The input with congestion merged into the first IP header from layer `first` on; the same where that changes nothing. */
export function emerged(input: Input, layers: readonly Layer[], first: number): Input {
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

function merged(input: Input, outer: Layer, inner: Layer): Input {
  const [says, has] = [congestionOf(input, outer), congestionOf(input, inner)];
  const takes = has !== 0 && (says === CONGESTED || (says === CAPABLE1 && has === CAPABLE0));
  if (!takes || says === has) return input;
  const bytes = input.bytes.slice(0, input.length);
  const changed = { ...input, bytes, view: new DataView(bytes.buffer) };
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
  const sum = (~view.getUint16(at + 10) & 0xffff) + (~before & 0xffff) + after; // RFC 1624 3
  view.setUint16(at + 10, ~((sum & 0xffff) + (sum >>> 16)) & 0xffff);
}
