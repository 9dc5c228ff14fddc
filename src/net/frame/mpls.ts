import { after, type Cursor, payload, truncated } from './cursor.ts';
import { decodeIp } from './ip.ts';
import type { Layer, MplsLayer } from './layers.ts';
import { type Carried, TYPE_FRAME } from './tunnels.ts';

/** Decodes labels (RFC 3032 2.1), so many as anybody pushes, and the IP packet or the frame behind the last one. */
export function decodeMpls(cursor: Cursor, carried: Carried): readonly Layer[] {
  const labels: MplsLayer[] = [];
  let rest = cursor;
  while (labels.length < MOST_LABELS && !labels.at(-1)?.bottom) {
    if (rest.length < 4) return [...labels, truncated('mpls', 4, rest)];
    labels.push(labelOf(rest.view.getUint32(0)));
    rest = after(rest, 4);
  }
  return [...labels, ...(labels.at(-1)?.bottom ? decodeBehind(rest, carried) : payload(rest))];
}

/** Nothing in front says what is behind the last label: routers look at the first four bits (RFC 4928 3). */
function decodeBehind(cursor: Cursor, carried: Carried): readonly Layer[] {
  const first = cursor.length === 0 ? 0 : cursor.view.getUint8(0) >>> 4;
  if ((first === 4 || first === 6) && !looksLikeFrame(cursor)) return decodeIp(cursor, carried);
  if (looksLikeFrame(cursor)) return carried.decode(TYPE_FRAME, cursor);
  const behindWord = after(cursor, 4);
  if (first !== 0 || !looksLikeFrame(behindWord)) return payload(cursor);
  const word = { layer: 'control-word', sequence: cursor.view.getUint16(2) } as const;
  return [word, ...carried.decode(TYPE_FRAME, behindWord)];
}

/** Where a frame has its type there is one that frames have, and the lengths of no IP packet are in front of it. */
function looksLikeFrame({ view, length }: Cursor): boolean {
  if (length < 14 || !frameTypes.has(view.getUint16(12))) return false;
  const version = view.getUint8(0) >>> 4;
  if (version === 4) return view.getUint16(2) > length || view.getUint16(2) < 20;
  return version !== 6 || length < 40 || view.getUint16(4) + 40 > length;
}

const frameTypes = new Set([0x0800, 0x0806, 0x86dd, 0x8100, 0x8847, 0x8848, 0x88a8, 0x88cc]);

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
