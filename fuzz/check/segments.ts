import type { Input } from '../input.ts';

// What SIDs of ours make of packets that go on to their next segment, written from the RFCs for the fuzzer alone.

/** A SID of ours (RFC 8986 4, RFC 9800 4.1): a prefix, and what it does with packets to it. */
export interface Sid {
  /** Its address as a number, of which the first so many bits count. */
  readonly address: bigint;
  readonly bits: number;
  /** Whether packets with segments left go on from here. */
  readonly goesOn: boolean;
  /** Protocols that are taken out of packets with none left. */
  readonly takes: readonly number[];
  /** Whether the routing header is taken off for the last segment. */
  readonly pops?: boolean;
  /** Bits of its block and its number, where compressed SIDs may follow. */
  readonly compressed?: { readonly block: number; readonly csid: number };
}

const IP6_BYTES = 40;
const ROUTING = 43;
const SEGMENTS = 4;
const passed = [0, ROUTING, 60];
const DESTINATION = 24;
const ADDRESS_BITS = 128;

/** The headers of an IPv6 packet up to the first routing header with segments left, or to what is not passed over. */
interface Walk {
  readonly protocol: number;
  /** Where what the protocol says begins, and where the protocol stands. */
  readonly at: number;
  readonly numberAt: number;
}

/** The SID that an IPv6 packet is addressed to, if any. */
export function sidOf(view: DataView, ip: number, sids: readonly Sid[]): Sid | undefined {
  if (sids.length === 0) return undefined;
  const destination = addressAt(view, ip + DESTINATION);
  return sids.find(({ address, bits }) => {
    const others = BigInt(ADDRESS_BITS - bits);
    return destination >> others === address >> others;
  });
}

/** Whether a SID takes out what is in the IPv6 packet at a place. */
export function takesOut(view: DataView, ip: number, end: number, sid: Sid): boolean {
  const { protocol } = walk(view, ip, end);
  return sid.takes.includes(protocol) && !hasArgument(view, ip, sid);
}

/** Whether an IPv6 packet has segments left, behind none but the headers that are passed over. */
export function hasSegmentsLeft(view: DataView, ip: number, end: number): boolean {
  return walk(view, ip, end).protocol === ROUTING;
}

/** The packet at a place of an input after one SID of ours, after two, and so on, as each would send it on. */
export function turned(input: Input, ip: number, sids: readonly Sid[]): readonly Input[] {
  const steps: Input[] = [];
  let next = turn(input, ip, sids);
  while (next) {
    steps.push(next);
    next = turn(lowered(next, ip), ip, sids);
  }
  return steps;
}

function turn(input: Input, ip: number, sids: readonly Sid[]): Input | undefined {
  const { view, length } = input;
  const sid = sidOf(view, ip, sids);
  if (!sid || view.getUint8(ip + 7) <= 1) return undefined;
  if (sid.compressed && hasArgument(view, ip, sid)) return shifted(input, ip, sid.compressed);
  const end = Math.min(length, ip + IP6_BYTES + view.getUint16(ip + 4));
  const { protocol, at, numberAt } = walk(view, ip, end);
  if (protocol !== ROUTING || !sid.goesOn || !isRight(view, at, end)) return undefined;
  const left = view.getUint8(at + 3) - 1;
  const after = copyOf(input);
  after.view.setUint8(at + 3, left);
  after.bytes.copyWithin(ip + DESTINATION, at + 8 + left * 16, at + 24 + left * 16);
  return sid.pops && left === 0 ? without(after, { ip, at, numberAt }) : after;
}

function walk(view: DataView, ip: number, end: number): Walk {
  let numberAt = ip + 6;
  let at = ip + IP6_BYTES;
  let protocol = view.getUint8(numberAt);
  while (passed.includes(protocol) && at + 8 <= end) {
    if (protocol === ROUTING && view.getUint8(at + 3) > 0) break;
    numberAt = at;
    protocol = view.getUint8(at);
    at += (view.getUint8(at + 1) + 1) * 8;
  }
  return { protocol, at, numberAt };
}

/** Whether a routing header is one of segments whose numbers fit to each other (RFC 8986 4.1, S07 to S09). */
function isRight(view: DataView, at: number, end: number): boolean {
  if (at + 8 > end || at + (view.getUint8(at + 1) + 1) * 8 > end) return false;
  const most = Math.floor(view.getUint8(at + 1) / 2) - 1;
  const [type, left, last] = [view.getUint8(at + 2), view.getUint8(at + 3), view.getUint8(at + 4)];
  return type === SEGMENTS && last <= most && left <= last + 1;
}

/** Whether anything stands behind a SID that may have compressed ones behind it. */
function hasArgument(view: DataView, ip: number, { compressed }: Sid): boolean {
  if (!compressed) return false;
  const behind = BigInt(ADDRESS_BITS - compressed.block - compressed.csid);
  return (addressAt(view, ip + DESTINATION) & ((1n << behind) - 1n)) !== 0n;
}

function shifted(input: Input, ip: number, { block, csid }: NonNullable<Sid['compressed']>): Input {
  const after = copyOf(input);
  const rest = (1n << BigInt(ADDRESS_BITS - block)) - 1n;
  const address = addressAt(input.view, ip + DESTINATION);
  const moved = ((address << BigInt(csid)) & rest) | (address & ~rest);
  after.view.setBigUint64(ip + DESTINATION, moved >> 64n);
  after.view.setBigUint64(ip + DESTINATION + 8, BigInt.asUintN(64, moved));
  return after;
}

/** Takes a routing header out of a packet. */
function without(input: Input, { ip, at, numberAt }: { ip: number; at: number; numberAt: number }): Input {
  const { bytes, view, length } = input;
  const header = (view.getUint8(at + 1) + 1) * 8;
  view.setUint8(numberAt, view.getUint8(at));
  view.setUint16(ip + 4, view.getUint16(ip + 4) - header);
  bytes.copyWithin(at, at + header, length);
  return { ...input, length: length - header };
}

function lowered(input: Input, ip: number): Input {
  const after = copyOf(input);
  after.view.setUint8(ip + 7, input.view.getUint8(ip + 7) - 1);
  return after;
}

function copyOf(input: Input): Input {
  const bytes = input.bytes.slice(0, input.length);
  return { ...input, bytes, view: new DataView(bytes.buffer) };
}

function addressAt(view: DataView, at: number): bigint {
  return (view.getBigUint64(at) << 64n) | view.getBigUint64(at + 8);
}
