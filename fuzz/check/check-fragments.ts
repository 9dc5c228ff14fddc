import { type Input, ipOffsetOf } from '../input.ts';
import { firstDifference } from './bytes.ts';
import { fragmentHeader } from './check-ip6.ts';
import { invalid, isUnfinished } from './frame.ts';
import { FRAME_BYTES } from './layers.ts';

/** A piece of a packet's payload, and where it belongs. */
interface Piece {
  readonly offset: number;
  readonly more: boolean;
  readonly view: DataView;
  readonly start: number;
}

/** What may change where a checksum was left to us. */
const CHECKSUM_BYTES = 2;

/** Checks that the fragments (frames) of one packet are all of it and nothing else, as RFC 791 and RFC 8200 put them together. */
export function checkFragments(frames: readonly Uint8Array[], input: Input): void {
  const ip = ipOffsetOf(input);
  const isIp4 = (input.bytes[ip] ?? 0) >> 4 === 4;
  // Nobody on the way cuts an IPv6 packet (RFC 8200 4.5): one that came as a fragment is passed on, by a bridge to many.
  if (!isIp4 && fragmentHeader(input.view, ip, input.bytes.length - ip) > 0) return;
  const pieces = frames
    .map((bytes) => new DataView(bytes.buffer))
    .filter((view) => isOf(view, input, isIp4))
    .map(isIp4 ? piece4 : piece6)
    .filter((piece) => !isAllOf(piece, input, isIp4))
    .sort((a, b) => a.offset - b.offset);
  if (pieces.length > 0) checkPieces(pieces, input, isIp4);
}

/** Whether a piece is the packet as it came, itself a fragment: a bridge gives it to many, and has cut nothing. */
function isAllOf({ view, start }: Piece, input: Input, isIp4: boolean): boolean {
  const total = input.view.getUint16(ipOffsetOf(input) + 2);
  return isIp4 && view.byteLength - start === total - (start - FRAME_BYTES);
}

function checkPieces(pieces: readonly Piece[], input: Input, isIp4: boolean): void {
  const ip = ipOffsetOf(input);
  const word = isIp4 ? input.view.getUint16(ip + 6) : 0;
  const [begin, more] = [(word & 0x1fff) * 8, (word & 0x2000) !== 0];
  const end = ip + (isIp4 ? input.view.getUint16(ip + 2) : 40 + input.view.getUint16(ip + 4));
  const first = pieces[0];
  const header = isIp4 ? (input.view.getUint8(ip) & 15) * 4 : first ? first.start - 22 : 0;
  let at = ip + header;
  let changed = 0;
  for (const [i, piece] of pieces.entries()) {
    const length = piece.view.byteLength - piece.start;
    if (piece.offset - begin !== at - ip - header)
      invalid(`a gap or an overlap at byte ${piece.offset} of the fragments`);
    if (at + length > end) invalid('fragments of more than the packet');
    changed += differences(piece, input.bytes, at, length);
    at += length;
    if (piece.more !== (i < pieces.length - 1 || more))
      invalid('a fragment that says wrongly whether more follow');
  }
  if (changed > (isUnfinished(input) ? CHECKSUM_BYTES : 0))
    invalid(`${changed} bytes of the fragments' data have changed`);
  if (at !== end) invalid(`fragments of ${at - ip - header} bytes for ${end - ip - header}`);
}

function differences({ view, start }: Piece, bytes: Uint8Array, from: number, length: number): number {
  let count = 0;
  for (let i = 0; i < length; i++) if (view.getUint8(start + i) !== bytes[from + i]) count++;
  return count;
}

/** Whether a frame is the packet's own, and not about it. */
function isOf(view: DataView, input: Input, isIp4: boolean): boolean {
  const ip = ipOffsetOf(input);
  if (view.getUint16(12) !== (isIp4 ? 0x0800 : 0x86dd)) return false;
  return firstDifference(view, isIp4 ? 26 : 22, input.bytes, ip + (isIp4 ? 12 : 8), isIp4 ? 8 : 32) < 0;
}

function piece4(view: DataView): Piece {
  const word = view.getUint16(20);
  return {
    view,
    offset: (word & 0x1fff) * 8,
    more: (word & 0x2000) !== 0,
    start: 14 + (view.getUint8(14) & 15) * 4,
  };
}

function piece6(view: DataView): Piece {
  const at = fragmentHeader(view, 14, view.byteLength - 14);
  const word = view.getUint16(14 + at + 2);
  return { view, offset: word & 0xfff8, more: (word & 1) === 1, start: 14 + at + 8 };
}
