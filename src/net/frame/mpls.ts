import { after, type Cursor, payload, truncated } from './cursor.ts';
import { decodeIp } from './ip.ts';
import type { Layer, MplsLayer } from './layers.ts';

/** Decodes labels (RFC 3032 2.1), so many as anybody pushes, and the IP packet behind the last one. */
export function decodeMpls(cursor: Cursor): readonly Layer[] {
  const labels: MplsLayer[] = [];
  let rest = cursor;
  while (labels.length < MOST_LABELS && !labels.at(-1)?.bottom) {
    if (rest.length < 4) return [...labels, truncated('mpls', 4, rest)];
    labels.push(labelOf(rest.view.getUint32(0)));
    rest = after(rest, 4);
  }
  return [...labels, ...(labels.at(-1)?.bottom && isIp(rest) ? decodeIp(rest) : payload(rest))];
}

const MOST_LABELS = 16;

function labelOf(entry: number): MplsLayer {
  return {
    layer: 'mpls',
    label: entry >>> 12,
    trafficClass: (entry >>> 9) & 7,
    bottom: (entry & 0x100) !== 0,
    ttl: entry & 0xff,
  };
}

/** Nothing in front says what is behind the last label: routers look at the first four bits (RFC 4928 3). */
function isIp({ view, length }: Cursor): boolean {
  const version = length === 0 ? 0 : view.getUint8(0) >>> 4;
  return version === 4 || version === 6;
}
