import type { Input } from '../input.ts';
import { firstDifference } from './bytes.ts';
import type { Frame } from './frame.ts';

// What an IP packet that leaves cannot be is seen by its addresses: nearly all that came is out of the question at once,
// and only what is left is looked at whole.

const ICMP = 1;
const ICMP6 = 58;
/** From this type on, ICMPv6 informs; below, it tells of errors (RFC 4443 2.1). */
const FIRST_INFORMATION = 128;

/** What is at a place of a frame that leaves, by its ethertype. */
export interface Place {
  readonly type: number;
  readonly at: number;
}

/** Whether a packet that leaves may be the one at a place of an input, or an answer to it. */
export function resembles({ view }: Frame, { type, at }: Place, input: Input, from: number): boolean {
  return type === 0x0800 ? resembles4(view, at, input, from) : resembles6(view, at, input, from);
}

function resembles4(view: DataView, at: number, input: Input, from: number): boolean {
  const was = input.view;
  if (from + 20 > was.byteLength) return false;
  const destination = view.getUint32(at + 16);
  if (view.getUint8(at + 9) === ICMP && destination === was.getUint32(from + 12)) return true;
  return destination === was.getUint32(from + 16) && view.getUint32(at + 12) === was.getUint32(from + 12);
}

function resembles6(view: DataView, at: number, { bytes }: Input, from: number): boolean {
  return isNews({ view }, { type: 0x86dd, at }) || firstDifference(view, at + 8, bytes, from + 8, 32) < 0;
}

/** Whether it is ICMP that tells of no error: an answer has other addresses than what it answers. */
export function isNews({ view }: Pick<Frame, 'view'>, { type, at }: Place): boolean {
  if (type === 0x0800) return view.getUint8(at + 9) === ICMP;
  return view.getUint8(at + 6) === ICMP6 && view.getUint8(at + 40) >= FIRST_INFORMATION;
}

/** Whether a packet that leaves may be one that the router made: a fragment, or an error. */
export function mayBeMade({ view }: Frame, { type, at }: Place): boolean {
  if (type === 0x0800) return view.getUint8(at + 9) === ICMP || (view.getUint16(at + 6) & 0x3fff) !== 0;
  const protocol = view.getUint8(at + 6);
  return protocol === ICMP6 || protocol === 0 || protocol === 43 || protocol === 44 || protocol === 60;
}
