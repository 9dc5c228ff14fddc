import { firstDifference } from './bytes.ts';
import { checkArp } from './check-arp.ts';
import { checkPacket } from './check-packet.ts';
import { isCopy } from './copies.ts';
import { isDenied } from './denied.ts';
import { type Frame, invalid, isUnfinished, macAt, type Stations } from './frame.ts';
import { FRAME_BYTES, TAG_BYTES, TAG_TYPES } from './layers.ts';
import { isAnswerFor } from './suppressed.ts';

/** An Ethernet header, a tag of the frame's own and one of the interface that it leaves by. */
const BRIDGED_HEADERS = 22;
const LARGEST = 65535;
const GROUP_BIT = 0x0100_0000_0000;

/** Checks a frame that leaves by a port, by nothing but the RFCs and what came in. @throws Finding */
export function checkFrame(frame: Frame, stations: Stations): void {
  const { view, at, length, port, input } = frame;
  if (length < FRAME_BYTES) invalid(`a frame of ${length} bytes`);
  checkPermitted(frame, stations);
  if (frame.asked && !stations.fillsChecksums(port))
    invalid('a port is asked for a checksum that it cannot fill in');
  const tags = tagsOf(frame);
  const macs = stations.macsOn(port, tags);
  const isRouted = tags.length === 0 && macs.includes(macAt(view, at));
  const isOfHost = input?.entry === 'tap-input' && !isRouted;
  if (isOfHost && (isAsItCame(frame) || isCopy(frame, at, stations))) return;
  const bridged = stations.bridgedMtu(port, tags);
  if (bridged !== undefined && isAnswerFor(frame, at, stations)) return;
  if (bridged !== undefined && isCopy(frame, at, stations)) {
    if (length > bridged + BRIDGED_HEADERS) invalid(`a frame of ${length} bytes where the MTU is ${bridged}`);
    return;
  }
  if (!macs.includes(macAt(view, at + 6))) invalid('its source is not the MAC address of its port');
  const payload = FRAME_BYTES + tags.length * TAG_BYTES;
  const type = view.getUint16(at + payload - 2);
  if (type === 0x0806) {
    checkArp(frame, { ether: at, arp: at + payload });
    return;
  }
  checkSize(frame, payload, { stations, bridged });
  checkPacket(frame, { type, at: at + payload }, stations);
}

/** Nothing leaves that rules deny where it came in, or where it leaves. */
function checkPermitted({ view, at, length, port, input }: Frame, { denying }: Stations): void {
  if (denying.has(port) && isDenied(view, at, length)) invalid('what the port lets nobody send');
  if (input?.entry !== 'wire' || !denying.has(input.port)) return;
  const came = input.marked;
  if (isDenied(came.view, 0, came.length)) invalid('what the port lets nobody receive');
}

/** The VLANs of a frame's tags, outermost first. */
function tagsOf({ view, at, length }: Frame): readonly number[] {
  const tags: number[] = [];
  let type = at + 12;
  while (type + 6 <= at + length && TAG_TYPES.includes(view.getUint16(type))) {
    tags.push(view.getUint16(type + 2) & 0xfff);
    type += TAG_BYTES;
  }
  return tags;
}

/** A frame of a program on the host leaves as it is, but for a checksum that it left unfinished. */
function isAsItCame({ view, at, length, input }: Frame): boolean {
  if (!input || length !== input.length) return false;
  const differs = firstDifference(view, at, input.bytes, 0, length);
  if (differs < 0) return true;
  return isUnfinished(input) && firstDifference(view, at, input.bytes, 0, FRAME_BYTES) < 0;
}

function checkSize(
  frame: Frame,
  headers: number,
  { stations, bridged = LARGEST }: { readonly stations: Stations; readonly bridged: number | undefined },
): void {
  // A bridge leaves each of its members room for a tag, also where a frame has none, as Linux does.
  const mtu = Math.min(bridged + TAG_BYTES, mtuOf(frame, headers, stations));
  const bytes = frame.length - headers;
  if (bytes > mtu) invalid(`${bytes} bytes for a next hop with an MTU of ${mtu}`);
}

function mtuOf({ view, at, port, input }: Frame, headers: number, stations: Stations): number {
  const mac = macAt(view, at);
  const station = stations.stationWith(mac);
  if (station?.ports.includes(port)) return station.mtu;
  // Answers go back to whoever has asked, or to a group.
  const asker = input?.entry === 'wire' ? macAt(input.view, 6) : undefined;
  const isAnswer = input && (mac === asker || Math.floor(mac / GROUP_BIT) % 2 === 1);
  if (isAnswer || isSolicited(view, at + headers)) return 1500;
  return invalid(`${mac.toString(16)} is no neighbour on port ${port}`);
}

/** A neighbor advertisement goes to the MAC address that the solicitation's option names, in copies where a bridge floods it. */
function isSolicited(view: DataView, ip: number): boolean {
  return view.getUint16(ip - 2) === 0x86dd && view.getUint8(ip + 6) === 58 && view.getUint8(ip + 40) === 136;
}
