import type { Input } from '../input.ts';
import { firstDifference, sum16 } from './bytes.ts';
import { checksumOffset, checkTransport } from './check-transport.ts';
import { bytesOf, invalid, isSent, isUnfinished, type Passage, type Stations } from './frame.ts';
import { tunnelsAt } from './tunnel.ts';

const ICMP = 1;
/** Errors that a router sends: unreachable, time exceeded, parameter problem. */
const errorTypes = [3, 11, 12];

/** Checks an IPv4 packet that leaves (RFC 791, RFC 1812). */
export function checkIp4(passage: Passage, stations: Stations): void {
  const { view } = passage.frame;
  const { ip, input } = passage;
  const bytes = bytesOf(passage);
  if (bytes < 20) invalid('an IPv4 packet shorter than its header');
  const headerBytes = (view.getUint8(ip) & 15) * 4;
  if (view.getUint8(ip) >> 4 !== 4 || headerBytes < 20)
    invalid('an IPv4 header of another version or length');
  if (view.getUint16(ip + 2) !== bytes) invalid(`total length ${view.getUint16(ip + 2)} of ${bytes}`);
  if (headerBytes > bytes) invalid('an IPv4 header longer than its packet');
  if (sum16(view, ip, headerBytes) !== 0xffff && !(input && cameSo(input, passage.from)))
    invalid('a wrong IPv4 checksum');
  if (!input) checkMade(passage, headerBytes, stations);
  else if (isReply(passage, input, headerBytes)) checkReply(passage, headerBytes);
  else checkPassed(passage, input, headerBytes, stations);
}

/** A packet that goes on, with whatever transport it has. */
function checkPassed(passage: Passage, input: Input, headerBytes: number, stations: Stations): void {
  const { view } = passage.frame;
  const { ip } = passage;
  checkForwarded(passage, input, headerBytes);
  if (view.getUint16(ip + 6) & 0x3fff) return;
  const transport = {
    at: ip + headerBytes,
    length: bytesOf(passage) - headerBytes,
    protocol: view.getUint8(ip + 9),
  };
  checkTransport(passage, transport, stations);
}

/** The host's own packets leave as they come: nobody looks at their checksum. */
function cameSo(input: Input, from: number): boolean {
  const { view } = input;
  return isSent(input, from) && sum16(view, from, (view.getUint8(from) & 15) * 4) !== 0xffff;
}

function checkForwarded({ frame, ip, from }: Passage, input: Input, headerBytes: number): void {
  const { view } = frame;
  const was = input.view;
  const taken = isSent(input, from) ? 0 : 1;
  if (view.getUint8(ip + 8) !== was.getUint8(from + 8) - taken)
    invalid('a time to live that is not one less');
  const same = [0, 1, 2, 3, 4, 5, 6, 7, 9, 12, 13, 14, 15, 16, 17, 18, 19];
  for (const i of same)
    if (view.getUint8(ip + i) !== was.getUint8(from + i)) invalid(`IPv4 header byte ${i} has changed`);
  const payload = view.getUint16(ip + 2) - headerBytes;
  const differs = firstDifference(view, ip + headerBytes, input.bytes, from + headerBytes, payload);
  if (differs < 0 || (isUnfinished(input) && onlyChecksum(view, ip, headerBytes, differs))) return;
  invalid(`byte ${differs} behind the IPv4 header has changed`);
}

function onlyChecksum(view: DataView, ip: number, headerBytes: number, differs: number): boolean {
  const offset = checksumOffset(view.getUint8(ip + 9));
  return offset !== undefined && differs >= offset && differs < offset + 2 && headerBytes >= 20;
}

function isReply({ frame, ip, from }: Passage, input: Input, headerBytes: number): boolean {
  const { view } = frame;
  const was = input.view;
  if (view.getUint8(ip + 9) !== ICMP || from + headerBytes >= input.length) return false;
  if (was.getUint8(from + headerBytes) !== 8) return false;
  return view.getUint8(ip + headerBytes) === 0 && view.getUint32(ip + 16) === was.getUint32(from + 12);
}

function checkReply(passage: Passage, headerBytes: number): void {
  const { view } = passage.frame;
  const { ip } = passage;
  if (view.getUint8(ip + 8) !== 64) invalid('an echo reply with another time to live');
  if (sum16(view, ip + headerBytes, bytesOf(passage) - headerBytes) !== 0xffff)
    invalid('an echo reply with a wrong checksum');
}

/** A packet that the router made: a fragment or an ICMP error. */
function checkMade(passage: Passage, headerBytes: number, { tunnels }: Stations): void {
  const { frame, ip } = passage;
  const fragment = frame.view.getUint16(ip + 6);
  const payload = bytesOf(passage) - headerBytes;
  if (frame.asked) invalid('a port is asked for a checksum of a packet that we made');
  if (!(fragment & 0x3fff)) {
    checkError(passage, ip + headerBytes, payload);
    return;
  }
  checkFragment((fragment & 0x1fff) * 8, payload, (fragment & 0x2000) !== 0);
  if (tunnelsAt(frame, ip, tunnels).length > 0) frame.numbered.push(ip);
}

function checkError(passage: Passage, icmp: number, payload: number): void {
  const { view } = passage.frame;
  if (view.getUint8(passage.ip + 9) !== ICMP) invalid('a packet that we made is neither fragment nor ICMP');
  if (!errorTypes.includes(view.getUint8(icmp))) invalid(`ICMP type ${view.getUint8(icmp)} is no error`);
  if (bytesOf(passage) > 576) invalid('an ICMP error of more than 576 bytes');
  if (sum16(view, icmp, payload) !== 0xffff) invalid('an ICMP error with a wrong checksum');
  checkQuote(passage, icmp + 8, payload - 8);
}

export function checkFragment(offset: number, payload: number, more: boolean): void {
  if (more && payload % 8 !== 0) invalid(`a fragment of ${payload} bytes that is not the last`);
  if (payload === 0 || offset + payload > 65535) invalid(`a fragment of ${payload} bytes at ${offset}`);
}

/** What an error may be about (RFC 1812 4.3.2.7). */
function checkQuote({ frame, ip }: Passage, quote: number, bytes: number): void {
  const { view } = frame;
  if (bytes < 20 || view.getUint8(quote) >> 4 !== 4) invalid('an ICMP error that quotes no IPv4 header');
  if (view.getUint32(quote + 12) !== view.getUint32(ip + 16))
    invalid('an ICMP error to another than its sender');
  if (view.getUint16(quote + 6) & 0x1fff) invalid('an ICMP error about a fragment that is not the first');
  const type = view.getUint8(quote + (view.getUint8(quote) & 15) * 4);
  if (view.getUint8(quote + 9) === ICMP && type !== 0 && type !== 8)
    invalid('an ICMP error about an ICMP error');
  if (view.getUint8(quote + 16) >= 224) invalid('an ICMP error about a packet to many');
}
