import {
  checksumOffset,
  DESTINATION,
  type End,
  type Flow,
  flowAt,
  isIcmp,
  isUdp,
  mayBeLeft,
  portPlace,
  type Side,
  SOURCE,
} from './flow.ts';

// Changes of addresses and ports in IPv4 packets, and in those that errors quote, with all checksums over them.

/** The header of an ICMP message. */
const QUOTE = 8;

/** An IPv4 packet of which so many bytes can be read, and whether its transport checksum is there. */
export interface Packet {
  readonly view: DataView;
  readonly ip: number;
  readonly bytes: number;
  readonly isSummed: boolean;
}

/** One end takes the place of another at the source or the destination. */
export interface Change {
  readonly way: Side;
  readonly from: Name;
  readonly to: Name;
  /** How a sum of zero is written. */
  readonly zero: number;
  /** Of an error that leaves: the address of who sends it; its source stays where nothing is said. */
  readonly sender?: number | undefined;
}

/** An address, and the port that belongs to it where that changes, too. */
export interface Name {
  readonly address: number;
  readonly port?: number;
}

/** Changes an end of a packet, and that of one that it is an error about; false where there is nothing to change. */
export function rewrite(packet: Packet, change: Change): boolean {
  const { view, ip } = packet;
  const flow = flowAt(view, ip, packet.bytes, change.way);
  if (!flow) return false;
  if (flow.kind === 'error') return rewriteError(packet, flow, change);
  if (!isNamed(flow.local, change)) return false;
  const isFragment = (view.getUint16(ip + 6) & 0x3fff) !== 0;
  const isLeft = !packet.isSummed && !isFragment && mayBeLeft(flow.protocol);
  changeEnd(packet, flow, change, isLeft);
  return true;
}

function isNamed(local: End, { from }: Change): boolean {
  return local.address === from.address && (from.port === undefined || local.port === from.port);
}

/** Gives a packet's end on a side another name. */
function changeEnd(
  { view, ip }: Pick<Packet, 'view' | 'ip'>,
  flow: Flow,
  change: Change,
  isLeft: boolean,
): void {
  const { zero, way } = change;
  const addresses = addressWords(flow.local.address, change.to.address);
  setAddress(view, ip, change);
  const place = change.to.port === undefined ? undefined : portPlace(flow, way);
  const ports: Words = place === undefined ? [] : [[flow.local.port, change.to.port ?? 0]];
  if (place !== undefined) view.setUint16(place, change.to.port ?? 0);
  if (isIcmp(flow.protocol)) {
    if (place !== undefined) correct(view, flow.l4 + 2, ports, zero);
    return;
  }
  const at = checksumAt(flow);
  const isWithout = isUdp(flow.protocol) && at !== undefined && view.getUint16(at) === 0;
  if (at !== undefined && !isLeft && !isWithout)
    correct(view, at, [...addresses, ...ports], isUdp(flow.protocol) ? 0xffff : zero);
}

/** An error is changed with the packet that it quotes, which went the other way (RFC 5508 4.2). */
function rewriteError(packet: Packet, flow: Flow, change: Change): boolean {
  const { view, ip } = packet;
  const quote = flow.l4 + QUOTE;
  const way = change.way === SOURCE ? DESTINATION : SOURCE;
  const quoted = flowAt(view, quote, flow.end - quote, way);
  if (!quoted || !isNamed(quoted.local, change)) return false;
  const bytes = quoted.end - quote;
  const before = wordsOf(view, quote, bytes);
  changeEnd({ view, ip: quote }, quoted, { ...change, way }, false);
  if (portPlace(quoted, way) !== undefined)
    correct(view, flow.l4 + 2, changedWords(before, wordsOf(view, quote, bytes)), change.zero);
  const address = change.way === DESTINATION ? change.to.address : change.sender;
  if (address !== undefined) setAddress(view, ip, { ...change, to: { address } });
  return true;
}

/** The flow of the packet that an error quotes, seen from the end that translation knows. */
export function quotedFlow(view: DataView, { l4, end }: Flow, way: Side): Flow | undefined {
  return flowAt(view, l4 + QUOTE, end - l4 - QUOTE, way === SOURCE ? DESTINATION : SOURCE);
}

function setAddress(
  view: DataView,
  ip: number,
  { way, to, zero }: Pick<Change, 'way' | 'to' | 'zero'>,
): void {
  const words = addressWords(view.getUint32(ip + way), to.address);
  view.setUint32(ip + way, to.address);
  correct(view, ip + 10, words, zero);
}

/** Words of 16 bits before and after. */
type Words = readonly (readonly [before: number, after: number])[];

function addressWords(from: number, to: number): Words {
  return [
    [from >>> 16, to >>> 16],
    [from & 0xffff, to & 0xffff],
  ];
}

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
function checksumAt({ kind, protocol, l4, end }: Flow): number | undefined {
  const offset = kind === 'fragment' ? undefined : checksumOffset(protocol);
  return offset !== undefined && l4 + offset + 2 <= end ? l4 + offset : undefined;
}
