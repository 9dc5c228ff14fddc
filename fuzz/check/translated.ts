import type { Input } from '../input.ts';
import { checkFrame } from './check-frame.ts';
import { type Frame, holds, invalid, isUnfinished, type Stations, type Translation } from './frame.ts';
import { FRAME_BYTES } from './layers.ts';

// Addresses that stand for others behind a port (RFC 3022: basic NAT). All other checks see packets as they are inside:
// what came is given its inside address first, and what leaves is given it again.

const [ICMP, TCP, UDP, DCCP, UDP_LITE] = [1, 6, 17, 33, 136];
/** Errors that quote a packet (RFC 792). */
const errorTypes = [3, 11, 12];
const QUOTE = 8;
const [SOURCE, DESTINATION] = [12, 16];

/** Checks a frame that leaves as `checkFrame` does, by the addresses that its packet had inside. @throws Finding */
export function checkTranslated(frame: Frame, stations: Stations): void {
  const translation = stations.translations.find(({ port }) => port === frame.port);
  if (!translation || !isIp4(frame.view, frame.at, frame.firstSegment)) {
    checkFrame(frame, stations);
    return;
  }
  if (!zeros.some((zero) => isRightInside(frame, translation, zero, stations)))
    checkUntranslated(frame, translation, stations);
}

/** What a sum of zero may have been before: one's complement has two of them. */
const zeros = [0, 0xffff] as const;

/** Whether a frame is right once its packet has its inside address again. */
function isRightInside(
  frame: Frame,
  { outside, inside }: Translation,
  zero: number,
  stations: Stations,
): boolean {
  const copy = copyOf(frame);
  const packet = {
    view: copy.view,
    ip: FRAME_BYTES,
    bytes: frame.firstSegment - FRAME_BYTES,
    isSummed: true,
  };
  if (!translate(packet, { way: SOURCE, from: outside, to: inside, zero })) return false;
  if (!holds(() => checkFrame(copy, stations))) return false;
  frame.numbered.push(...copy.numbered.map((at) => at + frame.at));
  return true;
}

/** What nobody inside has sent by its outside address; a program on the host may say what it likes of itself. */
function checkUntranslated(frame: Frame, { inside }: Translation, stations: Stations): void {
  const isInside = frame.view.getUint32(frame.at + FRAME_BYTES + SOURCE) === inside;
  if (isInside && frame.input?.entry !== 'tap-input')
    invalid('a station leaves by the address that it has inside');
  checkFrame(frame, stations);
}

/** A packet that came, as it is inside. */
export function translatedIn(input: Input, { translations }: Pick<Stations, 'translations'>): Input {
  const translation = translations.find(({ port }) => input.entry === 'wire' && port === input.port);
  const inOnePiece = Math.min(input.firstSegment || input.length, input.length);
  if (!translation || !isIp4(input.view, 0, inOnePiece)) return input;
  const bytes = input.bytes.slice(0, input.length);
  const copy: Input = { ...input, bytes, view: new DataView(bytes.buffer) };
  const isSummed = !isUnfinished(input);
  const packet = { view: copy.view, ip: FRAME_BYTES, bytes: inOnePiece - FRAME_BYTES, isSummed };
  const { outside, inside } = translation;
  return translate(packet, { way: DESTINATION, from: outside, to: inside, zero: 0 }) ? copy : input;
}

/** An IPv4 packet of which so many bytes can be read, and whether its transport checksum is there. */
interface Packet {
  readonly view: DataView;
  readonly ip: number;
  readonly bytes: number;
  readonly isSummed: boolean;
}

/** One address takes the place of another at the source or the destination. */
interface Change {
  readonly way: typeof SOURCE | typeof DESTINATION;
  readonly from: number;
  readonly to: number;
  /** How a sum of zero is written. */
  readonly zero: number;
}

/** Changes an address of a packet, and that of one that it is an error about; false where there is nothing to change. */
function translate(packet: Packet, change: Change): boolean {
  const { view, ip } = packet;
  const bytes = Math.min(packet.bytes, view.getUint16(ip + 2));
  const header = (view.getUint8(ip) & 15) * 4;
  if (view.getUint8(ip) >> 4 !== 4 || header < 20 || bytes < header) return false;
  const isError =
    view.getUint8(ip + 9) === ICMP && !(view.getUint16(ip + 6) & 0x1fff) && bytes >= header + QUOTE;
  if (isError && errorTypes.includes(view.getUint8(ip + header)))
    return translateError(packet, change, { icmp: ip + header, end: ip + bytes });
  if (view.getUint32(ip + change.way) !== change.from) return false;
  setAddress(view, ip, change);
  const at = view.getUint16(ip + 6) & 0x1fff ? undefined : checksumAt(view, ip, ip + bytes);
  const isFragment = (view.getUint16(ip + 6) & 0x3fff) !== 0;
  const protocol = view.getUint8(ip + 9);
  const isLeft = !packet.isSummed && !isFragment && (protocol === TCP || protocol === UDP);
  const isWithout = protocol === UDP && at !== undefined && view.getUint16(at) === 0;
  if (at !== undefined && !isLeft && !isWithout)
    correct(view, at, addressWords(change), protocol === UDP ? 0xffff : change.zero);
  return true;
}

/** An error is translated with the packet that it quotes, which went the other way (RFC 5508 4.2). */
function translateError(
  { view, ip }: Packet,
  change: Change,
  { icmp, end }: { readonly icmp: number; readonly end: number },
): boolean {
  const quote = icmp + QUOTE;
  if (end - quote < 20) return false;
  const header = (view.getUint8(quote) & 15) * 4;
  const quoted = Math.min(end - quote, view.getUint16(quote + 2));
  if (view.getUint8(quote) >> 4 !== 4 || header < 20 || quoted < header) return false;
  const way = change.way === SOURCE ? DESTINATION : SOURCE;
  if (view.getUint32(quote + way) !== change.from) return false;
  const before = wordsOf(view, quote, quoted);
  setAddress(view, quote, { ...change, way });
  const isFirst = !(view.getUint16(quote + 6) & 0x1fff);
  const at = isFirst ? checksumAt(view, quote, quote + quoted) : undefined;
  const isUdp = view.getUint8(quote + 9) === UDP;
  if (at !== undefined && !(isUdp && view.getUint16(at) === 0))
    correct(view, at, addressWords(change), isUdp ? 0xffff : change.zero);
  if (hasPorts(view, quote, quoted - header))
    correct(view, icmp + 2, changedWords(before, wordsOf(view, quote, quoted)), change.zero);
  if (change.way === DESTINATION || view.getUint32(ip + SOURCE) === change.from)
    setAddress(view, ip, { ...change, from: view.getUint32(ip + change.way) });
  return true;
}

function setAddress(view: DataView, ip: number, change: Change): void {
  view.setUint32(ip + change.way, change.to);
  correct(view, ip + 10, addressWords(change), change.zero);
}

/** The words of an address before and after. */
function addressWords({ from, to }: Pick<Change, 'from' | 'to'>): Words {
  return [
    [from >>> 16, to >>> 16],
    [from & 0xffff, to & 0xffff],
  ];
}

type Words = readonly (readonly [before: number, after: number])[];

/** Brings a checksum up to date by words that have changed (RFC 1624 3). */
function correct(view: DataView, at: number, words: Words, zero: number): void {
  let sum = ~view.getUint16(at) & 0xffff;
  for (const [before, after] of words) sum += (~before & 0xffff) + after;
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  view.setUint16(at, ~sum & 0xffff || zero);
}

function changedWords(before: readonly number[], after: readonly number[]): Words {
  return before.flatMap((was, i) => (was === after[i] ? [] : [[was, after[i] ?? 0] as const]));
}

function wordsOf(view: DataView, from: number, bytes: number): readonly number[] {
  return Array.from({ length: bytes >>> 1 }, (_, i) => view.getUint16(from + 2 * i));
}

/** Where the checksum lies that covers a packet's addresses; undefined where there is none, or it lies behind the end. */
function checksumAt(view: DataView, ip: number, end: number): number | undefined {
  const protocol = view.getUint8(ip + 9);
  const offset = protocol === TCP ? 16 : [UDP, DCCP, UDP_LITE].includes(protocol) ? 6 : undefined;
  if (offset === undefined) return undefined;
  const at = ip + (view.getUint8(ip) & 15) * 4 + offset;
  return at + 2 <= end ? at : undefined;
}

/** Whether a quoted packet has ports, or the identifier of a query. */
function hasPorts(view: DataView, ip: number, bytes: number): boolean {
  if (view.getUint16(ip + 6) & 0x1fff || bytes < 8) return false;
  const protocol = view.getUint8(ip + 9);
  if (protocol === ICMP) return [0, 8, 13, 14].includes(view.getUint8(ip + (view.getUint8(ip) & 15) * 4));
  return [TCP, UDP, DCCP, UDP_LITE].includes(protocol);
}

function isIp4(view: DataView, at: number, length: number): boolean {
  return length >= FRAME_BYTES + 20 && view.getUint16(at + 12) === 0x0800;
}

/** The frame in bytes of its own. */
function copyOf(frame: Frame): Frame {
  const bytes = new Uint8Array(frame.view.buffer, frame.view.byteOffset + frame.at, frame.length).slice();
  return { ...frame, view: new DataView(bytes.buffer), at: 0, numbered: [] };
}
