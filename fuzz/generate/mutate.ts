import { entries, INPUT_BYTES, type Input, ipOffsetOf, offloads } from '../input.ts';
import { ipPlaceOf, type Random, versionAt } from './header.ts';
import { insertHeader } from './insert.ts';
import { addresses4, addresses6, LAST_INTERFACE, LAST_LINK, LAST_PORT } from './places.ts';
import { insertTag, removeTag, strip } from './tag.ts';
import { setTunnel, unwrap, wrap } from './wrap.ts';

const words = [
  0, 1, 7, 8, 19, 20, 21, 39, 40, 48, 127, 128, 255, 256, 1279, 1280, 1500, 0x1fff, 0x2000, 0x3fff, 0x7fff,
  0x8000, 0xfff8, 0xffff,
];
const protocols = [0, 1, 4, 6, 17, 41, 43, 44, 47, 47, 50, 51, 58, 59, 60, 89, 132, 135, 139, 255];
const etherTypes = [0x0800, 0x0800, 0x86dd, 0x86dd, 0x0806, 0x8100, 0x88a8, 0x9100, 0x8847, 0x8848, 0x88cc];
/** Most mutations aim at the headers; those of tunnels are longer. */
const HEADER_BYTES = 96;
const TUNNEL_HEADER_BYTES = 176;

/** Changes an input in one of the ways in which packets go wrong; `other` lends bytes. */
export function mutate(input: Input, other: Input, random: Random): void {
  const mutation = mutations[random(mutations.length)];
  mutation?.(input, other, random);
}

type Mutation = (input: Input, other: Input, random: Random) => void;

const mutations: readonly Mutation[] = [
  flipBit,
  setByte,
  setByte,
  setWord,
  setLength,
  aim,
  aim,
  comeFrom,
  setProtocol,
  setLifetime,
  setFragment,
  setDiscovery,
  setEtherType,
  insertHeader,
  insertHeader,
  insertHeader,
  insertTag,
  removeTag,
  setTunnel,
  setTunnel,
  wrap,
  wrap,
  unwrap,
  strip,
  quote,
  splice,
  chain,
  chain,
  squeeze,
  offload,
  enter,
  enterBy,
];

function flipBit({ bytes, length }: Input, _: Input, random: Random): void {
  const at = headerPlace(length, random);
  bytes[at] = (bytes[at] ?? 0) ^ (1 << random(8));
}

function setByte({ bytes, length }: Input, _: Input, random: Random): void {
  bytes[headerPlace(length, random)] = random(3) === 0 ? random(256) : (words[random(13)] ?? 0);
}

function setWord({ view, length }: Input, _: Input, random: Random): void {
  if (length < 2) return;
  const at = Math.min(headerPlace(length, random), length - 2);
  const value = random(2) === 0 ? (words[random(words.length)] ?? 0) : length - random(64);
  view.setUint16(at, value & 0xffff);
}

/** Cuts a packet, or adds to it. */
function setLength(input: Input, _: Input, random: Random): void {
  const longest = random(16) === 0 ? 1514 : 200;
  const length =
    random(4) === 0 ? input.length + random(longest) : random(Math.min(input.length, HEADER_BYTES) + 1);
  const end = Math.min(length, INPUT_BYTES);
  for (let i = input.length; i < end; i++) input.bytes[i] = i;
  input.length = end;
}

/** Sends it somewhere else. */
function aim(input: Input, _: Input, random: Random): void {
  const ip = ipPlaceOf(input, random);
  if (versionAt(input, ip) === 6) {
    setAddress(input, ip + 24, addresses6[random(addresses6.length)]);
    return;
  }
  setAddress(input, ip + 16, addresses4[random(addresses4.length)]);
  if (random(2) === 0) input.bytes[ip + 19] = random(256);
}

function comeFrom(input: Input, _: Input, random: Random): void {
  const ip = ipPlaceOf(input, random);
  if (versionAt(input, ip) === 6) setAddress(input, ip + 8, addresses6[random(addresses6.length)]);
  else setAddress(input, ip + 12, addresses4[random(addresses4.length)]);
}

function setProtocol(input: Input, _: Input, random: Random): void {
  const ip = ipPlaceOf(input, random);
  input.bytes[ip + (versionAt(input, ip) === 6 ? 6 : 9)] = protocols[random(protocols.length)] ?? 0;
}

function setLifetime(input: Input, _: Input, random: Random): void {
  const ip = ipPlaceOf(input, random);
  const at = ip + (versionAt(input, ip) === 6 ? 7 : 8);
  input.bytes[at] = [0, 1, 2, 64, 255, 255][random(6)] ?? 0;
}

function setFragment(input: Input, _: Input, random: Random): void {
  const ip = ipPlaceOf(input, random);
  if (versionAt(input, ip) === 6) return;
  const word = [0, 0x4000, 0x2000, 0x2001, 0x1fff, 0x3fff, 0x1fe0, random(0x10000)][random(8)] ?? 0;
  input.view.setUint16(ip + 6, word);
}

/** Changes a message of neighbor discovery in one of the ways that RFC 4861 7.1 forbids, or makes one of another message. */
function setDiscovery(input: Input, _: Input, random: Random): void {
  const { bytes, length } = input;
  const ip = ipPlaceOf(input, random);
  const at = ip + 40;
  if (versionAt(input, ip) !== 6 || bytes[ip + 6] !== 58 || length < at + 24) return;
  bytes[at] = random(4) === 0 ? 135 + random(2) : (bytes[at] ?? 0);
  bytes[ip + 7] = random(8) === 0 ? 254 : 255;
  const wrong = random(8);
  if (wrong === 0) bytes[at + 1] = 1;
  if (wrong === 1) bytes[at + 8] = 0xff;
  if (wrong === 2) setAddress(input, ip + 8, addresses6[random(3)]);
  if (wrong === 3) bytes[at + 4] = [0, 0x20, 0x40, 0x60, 0xe0][random(5)] ?? 0;
  if (wrong === 4) input.length = at + 24;
  if (wrong === 4) input.tailroom = random(9);
  if (wrong < 5 || length < at + 32) return;
  if (wrong === 5) bytes[at + 25] = random(3);
  if (wrong === 6) bytes[at + 26] = random(2);
  if (wrong === 7) bytes.set([2, 0, 0, 0, 0, 1 + random(3)], at + 26);
}

function setEtherType(input: Input, _: Input, random: Random): void {
  if (ipOffsetOf(input) > 0) input.view.setUint16(12, etherTypes[random(etherTypes.length)] ?? 0);
}

/** Makes it an ICMP message about another packet. */
function quote(input: Input, other: Input, random: Random): void {
  const ip = ipPlaceOf(input, random);
  const isIp6 = versionAt(input, ip) === 6;
  const at = ip + (isIp6 ? 40 : 20);
  if (input.length < at) return;
  const from = ipOffsetOf(other);
  const most = Math.min(other.length - from, INPUT_BYTES - at - 8, random(8) === 0 ? 1480 : 120);
  if (most <= 0) return;
  input.bytes.fill(0, at, at + 8);
  input.bytes[at] = (isIp6 ? [1, 2, 3, 4, 128] : [3, 4, 11, 12, 8])[random(5)] ?? 0;
  input.bytes.set(other.bytes.subarray(from, from + most), at + 8);
  input.bytes[ip + (isIp6 ? 6 : 9)] = isIp6 ? 58 : 1;
  if (!isIp6) input.bytes[ip] = 0x45;
  input.length = at + 8 + most;
}

/** Puts a piece of another packet somewhere. */
function splice(input: Input, other: Input, random: Random): void {
  const at = headerPlace(input.length, random);
  const from = random(Math.min(other.length, HEADER_BYTES) + 1);
  const most = Math.min(other.length - from, INPUT_BYTES - at, 1 + random(48));
  for (let i = 0; i < most; i++) input.bytes[at + i] = other.bytes[from + i] ?? 0;
  input.length = Math.max(input.length, at + most);
}

/** Lays it into buffers in another way, down to a byte in each. */
function chain(input: Input, _: Input, random: Random): void {
  const kind = random(8);
  input.firstSegment = kind < 3 ? 0 : kind === 3 ? 1 : random(Math.min(input.length, 120) + 1);
  input.otherSegments = kind < 5 ? 0 : kind === 5 && random(4) === 0 ? 1 : 8 + random(120);
}

function squeeze(input: Input, _: Input, random: Random): void {
  input.headroom = random(2) === 0 ? 128 : random(40);
  input.tailroom = random(2) === 0 ? 1024 : random(32);
}

function offload(input: Input, _: Input, random: Random): void {
  input.offload = offloads[random(offloads.length)] ?? 'nothing';
}

function enter(input: Input, _: Input, random: Random): void {
  input.port = random(4) === 0 ? random(LAST_PORT + 1) : random(3);
  const isLink = input.entry === 'wire' && input.port <= LAST_LINK;
  if (isLink && input.length >= 6 && random(8) !== 0) input.bytes[5] = input.port + 1;
}

/** Lets it come from the host in place of a port, or the other way round. */
function enterBy(input: Input, _: Input, random: Random): void {
  const entry = entries[random(entries.length)] ?? 'wire';
  if (ipOffsetOf(input) === (entry === 'wire' || entry === 'tap-input' ? 14 : 0)) input.entry = entry;
  // To the host's TAPs, this is the interface that they are for.
  if (input.entry === 'tap-input' && random(2) === 0) input.port = random(LAST_INTERFACE + 1);
}

function setAddress(input: Input, at: number, address: Uint8Array | undefined): void {
  if (!address) return;
  for (let i = 0; i < address.length; i++) input.bytes[at + i] = address[i] ?? 0;
}

function headerPlace(length: number, random: Random): number {
  const most = random(4) === 0 ? TUNNEL_HEADER_BYTES : HEADER_BYTES;
  return random(Math.max(1, Math.min(length, most)));
}
