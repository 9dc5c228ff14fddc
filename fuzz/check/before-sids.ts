import { blankInput } from '../input.ts';
import type { Frame } from './frame.ts';
import type { Place } from './resembles.ts';
import { type Sid, sidOf, turned } from './segments.ts';

// An error or a reply of ours goes to whoever sent what it is about. Where that address is a SID of ours, it is sent on by
// us before it leaves, to another address than its checksum is about.

const IP6_BYTES = 40;
const ICMP = 58;
const ECHO_REPLY = 129;
const [SOURCE, DESTINATION] = [8, 24];
const ADDRESS_BYTES = 16;
/** What nobody asks of a packet of ours. */
const shape = blankInput();

/** A packet that leaves, as it was made: for each of the addresses that it may have been made for. */
export function beforeSids(
  frame: Frame,
  { type, at }: Place,
  sids: readonly Sid[],
): readonly { readonly frame: Frame; readonly place: Place }[] {
  const end = frame.at + frame.length;
  if (type !== 0x86dd || end < at + IP6_BYTES + 8 || frame.view.getUint8(at + 6) !== ICMP) return [];
  const left = bytesAt(frame.view, frame.at, frame.length);
  const ip = at - frame.at;
  return madeFor(frame, at).flatMap((address) => {
    const bytes = left.slice();
    bytes.set(address, ip + DESTINATION);
    const view = new DataView(bytes.buffer);
    if (!sidOf(view, ip, sids)) return [];
    const forms = turned({ ...shape, bytes, view, length: bytes.length }, ip, sids);
    const isOne = forms.some(
      (form) => Buffer.compare(destinationOf(form.bytes, ip), destinationOf(left, ip)) === 0,
    );
    return isOne ? [{ frame: { ...frame, view, at: 0 }, place: { type, at: ip } }] : [];
  });
}

/** Addresses that a message of ICMPv6 may have been made for. */
function madeFor({ view, at, length, input }: Frame, ip: number): readonly Uint8Array[] {
  const type = view.getUint8(ip + IP6_BYTES);
  const quote = ip + IP6_BYTES + 8;
  if (type < 128)
    return quote + IP6_BYTES <= at + length ? [bytesAt(view, quote + SOURCE, ADDRESS_BYTES)] : [];
  if (type !== ECHO_REPLY || !input) return [];
  return input.arrivals.flatMap(({ layer, input: form }) =>
    layer.kind === 'ip6' ? [bytesAt(form.view, layer.at + SOURCE, ADDRESS_BYTES)] : [],
  );
}

function destinationOf(bytes: Uint8Array, ip: number): Uint8Array {
  return bytes.subarray(ip + DESTINATION, ip + DESTINATION + ADDRESS_BYTES);
}

function bytesAt(view: DataView, at: number, length: number): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset + at, length);
}
