import { pseudoSum, sum16 } from '../check/bytes.ts';
import { type Input, ipOffsetOf } from '../input.ts';
import { type Random, versionOf } from './header.ts';

/** Makes lengths and checksums right again, most of the time: what is wrong at once is dropped at once. */
export function repair(input: Input, random: Random): void {
  const ip = ipOffsetOf(input);
  const version = versionOf(input);
  if (ip > 0 && input.length > 14 && random(8) !== 0 && isIp(input))
    input.view.setUint16(12, version === 6 ? 0x86dd : 0x0800);
  if (version === 4 && input.length >= ip + 20) repair4(input, ip, random);
  if (version === 6 && input.length >= ip + 40) repair6(input, ip, random);
}

function isIp({ view }: Input): boolean {
  const type = view.getUint16(12);
  return type === 0x0800 || type === 0x86dd;
}

function repair4(input: Input, ip: number, random: Random): void {
  const { view, length } = input;
  if (random(8) !== 0) view.setUint16(ip + 2, length - ip);
  const header = (view.getUint8(ip) & 15) * 4;
  if (header < 20 || length < ip + header) return;
  const end = Math.min(length, ip + view.getUint16(ip + 2));
  if (view.getUint8(ip + 9) === 1 && end >= ip + header + 4 && random(16) !== 0) {
    view.setUint16(ip + header + 2, 0);
    view.setUint16(ip + header + 2, ~sum16(view, ip + header, end - ip - header) & 0xffff);
  }
  if (random(32) === 0) return;
  view.setUint16(ip + 10, 0);
  if (random(32) === 0) {
    fillUp(view, ip, header);
    view.setUint16(ip + 10, random(2) === 0 ? 0 : 0xffff);
    return;
  }
  view.setUint16(ip + 10, ~sum16(view, ip, header) & 0xffff);
}

/** Gives a header the identification with which its checksum is zero, which can be written in two ways (RFC 1624 3). */
function fillUp(view: DataView, ip: number, header: number): void {
  view.setUint16(ip + 4, 0);
  view.setUint16(ip + 4, ~sum16(view, ip, header) & 0xffff);
}

function repair6(input: Input, ip: number, random: Random): void {
  const { view, length } = input;
  if (random(8) !== 0) view.setUint16(ip + 4, length - ip - 40);
  const end = Math.min(length, ip + 40 + view.getUint16(ip + 4));
  const at = ip + icmpOffset(view, ip, end - ip);
  if (at === ip || end < at + 4 || random(16) === 0) return;
  view.setUint16(at + 2, 0);
  view.setUint16(at + 2, ~sum16(view, at, end - at, pseudoSum(view, ip, 58, end - at)) & 0xffff);
}

/** Where an ICMPv6 header lies behind extension headers; zero where there is none. */
function icmpOffset(view: DataView, ip: number, length: number): number {
  let protocol = view.getUint8(ip + 6);
  let at = 40;
  while (protocol !== 58) {
    if (at + 8 > length || (protocol !== 0 && protocol !== 43 && protocol !== 44 && protocol !== 60))
      return 0;
    protocol = view.getUint8(ip + at);
    at += view.getUint8(ip + at + 1) * 8 + 8;
  }
  return at;
}
