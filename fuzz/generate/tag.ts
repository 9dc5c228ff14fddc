import { layersOfInput, TAG_BYTES } from '../check/layers.ts';
import type { Input } from '../input.ts';
import { makeRoom, oneOf, type Random } from './header.ts';
import { vlans } from './places.ts';

const tagTypes = [0x8100, 0x8100, 0x8100, 0x88a8, 0x9100];
const MACS_BYTES = 12;

/** Puts a VLAN tag (IEEE 802.1Q 9.6) behind the MAC addresses of one of a packet's frames. */
export function insertTag(input: Input, _: Input, random: Random): void {
  const frame = anyFrame(input, random);
  if (frame === undefined || !makeRoom(input, frame + MACS_BYTES, TAG_BYTES)) return;
  const vlan = random(6) === 0 ? random(4096) : oneOf(vlans, random);
  input.view.setUint16(frame + MACS_BYTES, oneOf(tagTypes, random));
  input.view.setUint16(frame + MACS_BYTES + 2, (random(4) === 0 ? random(16) << 12 : 0) | vlan);
}

/** Takes a VLAN tag off, or else whatever is in its place. */
export function removeTag(input: Input, _: Input, random: Random): void {
  const frame = anyFrame(input, random);
  if (frame === undefined || input.length < frame + 18) return;
  const at = frame + MACS_BYTES;
  if (input.view.getUint16(at) === 0x0800 && random(8) !== 0) return;
  input.bytes.copyWithin(at, at + TAG_BYTES, input.length);
  input.length -= TAG_BYTES;
}

/** Lets the driver take the first tag off and tell of it, and tell of a hash of the flow. */
export function strip(input: Input, _: Input, random: Random): void {
  input.stripped = random(2) === 0 ? true : undefined;
  input.hash = random(4) === 0 ? random(0x10000) * 0x8001 : undefined;
}

function anyFrame(input: Input, random: Random): number | undefined {
  const frames = layersOfInput(input).filter(({ kind, at, end }) => kind === 'frame' && end - at >= 14);
  return frames[random(frames.length || 1)]?.at;
}
