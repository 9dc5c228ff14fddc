import type { Input } from '../input.ts';
import { ipPlaceOf, makeRoom, type Random, versionAt } from './header.ts';

const options4 = [0, 1, 7, 68, 130, 131, 136, 137, 148, 255];
const extensions6 = [0, 43, 44, 51, 60, 60];
const options6 = [0, 1, 5, 0x1e, 0x3e, 0x7e, 0x9e, 0xbe, 0xc2, 0xde];

/** Puts IPv4 options or an IPv6 extension header behind the fixed header. */
export function insertHeader(input: Input, _: Input, random: Random): void {
  if (input.length > 1600) return;
  const ip = ipPlaceOf(input, random);
  if (versionAt(input, ip) === 6) insertExtension(input, ip, random);
  else if (versionAt(input, ip) === 4) insertOption(input, ip, random);
}

function insertOption(input: Input, ip: number, random: Random): void {
  const header = (input.bytes[ip] ?? 0) & 15;
  const wordCount = 1 + random(Math.max(1, Math.min(4, 15 - header)));
  if (header < 5 || header + wordCount > 15 || !makeRoom(input, ip + 20, wordCount * 4)) return;
  input.bytes[ip] = 0x40 | (header + wordCount);
  input.bytes.fill(0, ip + 20, ip + 20 + wordCount * 4);
  input.bytes[ip + 20] = options4[random(options4.length)] ?? 0;
  input.bytes[ip + 21] = random(4) === 0 ? random(40) : wordCount * 4;
  input.bytes[ip + 22] = random(4) === 0 ? random(256) : 4;
}

function insertExtension(input: Input, ip: number, random: Random): void {
  const kind = extensions6[random(extensions6.length)] ?? 0;
  const units = kind === 44 ? 1 : 1 + (random(4) === 0 ? random(8) : 0);
  if (!makeRoom(input, ip + 40, units * 8)) return;
  const at = ip + 40;
  input.bytes.fill(0, at, at + units * 8);
  input.bytes[at] = input.bytes[ip + 6] ?? 0;
  input.bytes[ip + 6] = kind;
  if (kind === 44) {
    input.view.setUint16(at + 2, [0, 0, 1, 8, 9, 0xfff8, 0xfff9, random(0x10000)][random(8)] ?? 0);
    return;
  }
  input.bytes[at + 1] = kind === 51 ? units * 2 - 2 : units - 1 + (random(8) === 0 ? random(256) : 0);
  input.bytes[at + 2] = kind === 43 ? random(5) : (options6[random(options6.length)] ?? 0);
  input.bytes[at + 3] = kind === 43 ? random(2) : random(8) === 0 ? random(256) : units * 8 - 4;
}
