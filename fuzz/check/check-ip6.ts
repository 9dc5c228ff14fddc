import type { Input } from '../input.ts';
import { firstDifference, pseudoSum, sum16 } from './bytes.ts';
import { checkFragment } from './check-ip4.ts';
import { checksumOffset, checkTransport } from './check-transport.ts';
import { bytesOf, invalid, isSent, isUnfinished, type Passage, type Stations } from './frame.ts';
import { TAG_TYPES } from './layers.ts';

const ICMP = 58;
const FRAGMENT = 44;

/** Checks an IPv6 packet that leaves (RFC 8200, RFC 4443, RFC 4861). */
export function checkIp6(passage: Passage, stations: Stations): void {
  const { view } = passage.frame;
  const { ip, input } = passage;
  const bytes = bytesOf(passage);
  if (bytes < 40 || view.getUint8(ip) >> 4 !== 6) invalid('an IPv6 header that is cut or of another version');
  if (view.getUint16(ip + 4) + 40 !== bytes)
    invalid(`payload length ${view.getUint16(ip + 4)} of ${bytes - 40}`);
  if (!input) checkMade(passage);
  else checkPassed(passage, input, stations);
}

/** A packet that leaves in the buffer that it, or what it answers, came in. */
function checkPassed(passage: Passage, input: Input, stations: Stations): void {
  const { view } = passage.frame;
  const { ip } = passage;
  const type = view.getUint8(ip + 6) === ICMP && bytesOf(passage) > 40 ? view.getUint8(ip + 40) : 0;
  if (type === 136 && isAnswer(passage, input)) checkAdvertisement(passage);
  else if (type === 129 && !isSame(passage, input)) checkIcmp(passage, 'an echo reply');
  else checkForwarded(passage, input, stations);
}

function checkForwarded(passage: Passage, input: Input, stations: Stations): void {
  const { frame, ip, from } = passage;
  const { view } = frame;
  const bytes = bytesOf(passage);
  const hopLimit = (input.bytes[from + 7] ?? 0) - (isSent(input, from) ? 0 : 1);
  if (view.getUint8(ip + 7) !== hopLimit) invalid('a hop limit that is not one less');
  if (firstDifference(view, ip, input.bytes, from, 7) >= 0) invalid('the IPv6 header has changed');
  if (firstDifference(view, ip + 8, input.bytes, from + 8, 32) >= 0) invalid('an IPv6 address has changed');
  const { protocol, offset } = upperLayer(view, ip, frame.firstSegment - (ip - frame.at));
  const differs = firstDifference(view, ip + 40, input.bytes, from + 40, bytes - 40) + 40;
  const field = offset + (checksumOffset(protocol) ?? -2);
  const isChecksum = isUnfinished(input) && offset > 0 && (differs === field || differs === field + 1);
  if (differs >= 40 && !isChecksum) invalid(`byte ${differs} of the IPv6 packet has changed`);
  const transport = { at: ip + offset, length: offset ? bytes - offset : 0, protocol };
  checkTransport(passage, transport, stations);
}

/** Whether the packet is the one that came, its hop limit aside. */
function isSame(passage: Passage, input: Input): boolean {
  const { frame, ip, from } = passage;
  return firstDifference(frame.view, ip + 40, input.bytes, from + 40, bytesOf(passage) - 40) < 0;
}

/** A packet that the router made: a fragment of a local packet, or an ICMPv6 error. */
function checkMade(passage: Passage): void {
  const { frame, ip } = passage;
  const { view } = frame;
  const bytes = bytesOf(passage);
  if (frame.asked) invalid('a port is asked for a checksum of a packet that we made');
  const fragment = fragmentHeader(view, ip, bytes);
  if (fragment > 0) {
    const word = view.getUint16(ip + fragment + 2);
    frame.numbered.push(ip);
    checkFragment(word & 0xfff8, bytes - fragment - 8, (word & 1) === 1);
    return;
  }
  if (bytes < 48 || view.getUint8(ip + 6) !== ICMP || view.getUint8(ip + 40) >= 128)
    invalid('a packet that we made is no error');
  if (bytes > 1280) invalid('an ICMPv6 error of more than 1280 bytes');
  checkIcmp(passage, 'an ICMPv6 error');
  checkQuote(passage, ip + 48);
}

/** What an error may be about (RFC 4443 2.4 (e)). */
function checkQuote({ frame, ip }: Passage, quote: number): void {
  const { view } = frame;
  const end = frame.at + frame.length;
  if (end - quote < 40) invalid('an ICMPv6 error that quotes no IPv6 header');
  for (let i = 0; i < 16; i++) {
    if (view.getUint8(quote + 8 + i) !== view.getUint8(ip + 24 + i))
      invalid('an ICMPv6 error to another than its sender');
  }
  if (view.getUint8(quote + 8) === 0xff) invalid('an ICMPv6 error to a group');
  const { protocol, offset } = upperLayer(view, quote, end - quote);
  const isError = protocol === ICMP && quote + offset < end && view.getUint8(quote + offset) < 128;
  if (isError) invalid('an ICMPv6 error about an ICMPv6 error');
}

function isAnswer({ frame, ip, from }: Passage, input: Input): boolean {
  return input.entry === 'wire' && frame.view.getUint8(ip + 7) === 255 && input.bytes[from + 7] === 255;
}

/** Checks an advertisement that answers a question in its buffer (RFC 4861 7.2.4). */
export function checkAdvertisement(passage: Pick<Passage, 'frame' | 'ip'>): void {
  const { frame, ip } = passage;
  const { view } = frame;
  const bytes = bytesOf(passage);
  const mac = sourceMacAt(passage);
  if (bytes !== 72) invalid(`a neighbor advertisement of ${bytes + 14} bytes`);
  if (view.getUint8(ip + 64) !== 2 || view.getUint8(ip + 65) !== 1)
    invalid('an advertisement without a MAC address');
  for (let i = 0; i < 6; i++) {
    if (view.getUint8(ip + 66 + i) !== view.getUint8(mac + i))
      invalid('an advertisement of another MAC address');
  }
  for (let i = 0; i < 16; i++) {
    if (view.getUint8(ip + 8 + i) !== view.getUint8(ip + 48 + i))
      invalid('an advertisement from another address');
  }
  checkIcmp(passage, 'a neighbor advertisement');
}

/** Where the source MAC address of the frame lies that an IP packet is in, in front of any VLAN tags. */
function sourceMacAt({ frame, ip }: Pick<Passage, 'frame' | 'ip'>): number {
  let type = ip - 2;
  while (type - 4 >= frame.at + 12 && TAG_TYPES.includes(frame.view.getUint16(type - 4))) type -= 4;
  return type - 6;
}

function checkIcmp(passage: Pick<Passage, 'frame' | 'ip'>, what: string): void {
  const { view } = passage.frame;
  const { ip } = passage;
  const bytes = bytesOf(passage) - 40;
  if (sum16(view, ip + 40, bytes, pseudoSum(view, ip, ICMP, bytes)) !== 0xffff) {
    invalid(`${what} with a wrong checksum`);
  }
}

/** Where a packet's fragment header lies, behind hop-by-hop options and routing; zero for none, or for no whole packet. */
export function fragmentHeader(view: DataView, ip: number, length: number): number {
  if (length < 40) return 0;
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
