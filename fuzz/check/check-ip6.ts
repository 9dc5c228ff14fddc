import { type Input, ipOffsetOf } from '../input.ts';
import { firstDifference, pseudoSum, sum16 } from './bytes.ts';
import { checkFragment } from './check-ip4.ts';
import { checksumOffset, checkTransport } from './check-transport.ts';
import { type Frame, invalid, isFromHost, isUnfinished, type Stations } from './frame.ts';

const ICMP = 58;
const FRAGMENT = 44;

/** Checks an IPv6 packet that leaves (RFC 8200, RFC 4443, RFC 4861). */
export function checkIp6(frame: Frame, stations: Stations): void {
  const { view, at, length, input } = frame;
  const ip = at + 14;
  if (length < 54 || view.getUint8(ip) >> 4 !== 6)
    invalid('an IPv6 header that is cut or of another version');
  if (view.getUint16(ip + 4) + 40 !== length - 14)
    invalid(`payload length ${view.getUint16(ip + 4)} of ${length - 54}`);
  if (!input) checkMade(frame);
  else checkPassed(frame, input, stations);
}

/** A packet that leaves in the buffer that it, or what it answers, came in. */
function checkPassed(frame: Frame, input: Input, stations: Stations): void {
  const { view, at, length } = frame;
  const ip = at + 14;
  const type = view.getUint8(ip + 6) === ICMP && length > 54 ? view.getUint8(ip + 40) : 0;
  if (type === 136 && isAnswer(frame, input)) checkAdvertisement(frame);
  else if (type === 129 && !isSame(frame, input)) checkIcmp(frame, 'an echo reply');
  else checkForwarded(frame, input, stations);
}

function checkForwarded(frame: Frame, input: Input, stations: Stations): void {
  const { view, at, length } = frame;
  const [ip, from] = [at + 14, ipOffsetOf(input)];
  const hopLimit = (input.bytes[from + 7] ?? 0) - (isFromHost(input) ? 0 : 1);
  if (view.getUint8(ip + 7) !== hopLimit) invalid('a hop limit that is not one less');
  if (firstDifference(view, ip, input.bytes, from, 7) >= 0) invalid('the IPv6 header has changed');
  if (firstDifference(view, ip + 8, input.bytes, from + 8, 32) >= 0) invalid('an IPv6 address has changed');
  const { protocol, offset } = upperLayer(view, ip, frame.firstSegment - 14);
  const differs = firstDifference(view, ip + 40, input.bytes, from + 40, length - 54) + 40;
  const field = offset + (checksumOffset(protocol) ?? -2);
  const isChecksum = isUnfinished(input) && offset > 0 && (differs === field || differs === field + 1);
  if (differs >= 40 && !isChecksum) invalid(`byte ${differs} of the IPv6 packet has changed`);
  checkTransport(
    frame,
    { ip, at: ip + offset, length: offset ? length - 14 - offset : 0, protocol },
    stations,
  );
}

/** Whether the packet is the one that came, its hop limit aside. */
function isSame({ view, at, length }: Frame, input: Input): boolean {
  return firstDifference(view, at + 54, input.bytes, ipOffsetOf(input) + 40, length - 54) < 0;
}

/** A packet that the router made: a fragment of a local packet, or an ICMPv6 error. */
function checkMade(frame: Frame): void {
  const { view, at, length } = frame;
  if (frame.asked) invalid('a port is asked for a checksum of a packet that we made');
  const fragment = fragmentHeader(view, at + 14, length - 14);
  if (fragment > 0) {
    const word = view.getUint16(at + 14 + fragment + 2);
    checkFragment(word & 0xfff8, length - 14 - fragment - 8, (word & 1) === 1);
    return;
  }
  if (view.getUint8(at + 20) !== ICMP || view.getUint8(at + 54) >= 128)
    invalid('a packet that we made is no error');
  if (length - 14 > 1280) invalid('an ICMPv6 error of more than 1280 bytes');
  checkIcmp(frame, 'an ICMPv6 error');
  checkQuote(frame, at + 62);
}

/** What an error may be about (RFC 4443 2.4 (e)). */
function checkQuote({ view, at, length }: Frame, quote: number): void {
  if (at + length - quote < 40) invalid('an ICMPv6 error that quotes no IPv6 header');
  for (let i = 0; i < 16; i++) {
    if (view.getUint8(quote + 8 + i) !== view.getUint8(at + 38 + i))
      invalid('an ICMPv6 error to another than its sender');
  }
  if (view.getUint8(quote + 8) === 0xff) invalid('an ICMPv6 error to a group');
  const { protocol, offset } = upperLayer(view, quote, at + length - quote);
  const isError = protocol === ICMP && quote + offset < at + length && view.getUint8(quote + offset) < 128;
  if (isError) invalid('an ICMPv6 error about an ICMPv6 error');
}

function isAnswer({ view, at }: Frame, input: Input): boolean {
  return input.entry === 'wire' && view.getUint8(at + 21) === 255 && input.bytes[21] === 255;
}

function checkAdvertisement(frame: Frame): void {
  const { view, at, length } = frame;
  if (length !== 86) invalid(`a neighbor advertisement of ${length} bytes`);
  if (view.getUint8(at + 78) !== 2 || view.getUint8(at + 79) !== 1)
    invalid('an advertisement without a MAC address');
  for (let i = 0; i < 6; i++) {
    if (view.getUint8(at + 80 + i) !== view.getUint8(at + 6 + i))
      invalid('an advertisement of another MAC address');
  }
  for (let i = 0; i < 16; i++) {
    if (view.getUint8(at + 22 + i) !== view.getUint8(at + 62 + i))
      invalid('an advertisement from another address');
  }
  checkIcmp(frame, 'a neighbor advertisement');
}

function checkIcmp({ view, at, length }: Frame, what: string): void {
  const bytes = length - 54;
  if (sum16(view, at + 54, bytes, pseudoSum(view, at + 14, ICMP, bytes)) !== 0xffff) {
    invalid(`${what} with a wrong checksum`);
  }
}

/** Where the fragment header of a packet lies that we have cut, behind hop-by-hop options and routing; zero for none. */
export function fragmentHeader(view: DataView, ip: number, length: number): number {
  let protocol = view.getUint8(ip + 6);
  let at = 40;
  while (at + 8 <= length) {
    if (protocol === FRAGMENT) return at;
    if (protocol !== 0 && protocol !== 43 && protocol !== 60) return 0;
    protocol = view.getUint8(ip + at);
    at += (view.getUint8(ip + at + 1) + 1) * 8;
  }
  return 0;
}

/** The upper layer behind all extension headers, as far as the first segment goes; offset zero where there is none. */
function upperLayer(view: DataView, ip: number, length: number): { protocol: number; offset: number } {
  const none = { protocol: 0, offset: 0 };
  let protocol = view.getUint8(ip + 6);
  let at = 40;
  while ([0, 43, 44, 51, 60].includes(protocol)) {
    if (at + 8 > length) return none;
    if (protocol === FRAGMENT && view.getUint16(ip + at + 2) & 0xfff8) return none;
    const units = view.getUint8(ip + at + 1);
    const bytes = protocol === FRAGMENT ? 8 : protocol === 51 ? (units + 2) * 4 : (units + 1) * 8;
    protocol = view.getUint8(ip + at);
    at += bytes;
  }
  return at <= length ? { protocol, offset: at } : none;
}
