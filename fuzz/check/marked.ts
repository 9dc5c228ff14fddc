import type { Input } from '../input.ts';
import { addChange } from './emerged.ts';
import { FRAME_BYTES, TAG_BYTES, TAG_TYPES } from './layers.ts';

/** A frame that came as a rate limit marks it (RFC 2474 3): with another DSCP in its outermost IP header. */
export function marked(input: Input, dscp: number): Input {
  const bytes = input.bytes.slice(0, input.length);
  const view = new DataView(bytes.buffer);
  let at = FRAME_BYTES;
  while (at + TAG_BYTES <= input.length && TAG_TYPES.includes(view.getUint16(at - 2))) at += TAG_BYTES;
  const type = at <= input.length ? view.getUint16(at - 2) : 0;
  if (type === 0x86dd && at + 40 <= input.length)
    view.setUint16(at, (view.getUint16(at) & 0xf03f) | (dscp << 6));
  if (type === 0x0800 && at + 20 <= input.length) {
    const before = view.getUint16(at);
    view.setUint8(at + 1, (dscp << 2) | (before & 3));
    addChange(view, at, before, view.getUint16(at));
  }
  return { ...input, bytes, view };
}
