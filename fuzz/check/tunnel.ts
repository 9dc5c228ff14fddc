import { ipOffsetOf } from '../input.ts';
import { pseudoSum, sum16 } from './bytes.ts';
import { type Frame, invalid, isSent, type Tunnel } from './frame.ts';
import { LABEL_BYTES, type Layer, layersOf, UDP_BYTES } from './layers.ts';

/** First of the ports that tell flows from others (RFC 7348 5, RFC 7510 3). */
const FIRST_ENTROPY_PORT = 49152;
const LIFETIME = 64;
const protocols: Readonly<Record<Tunnel['kind'], readonly number[]>> = {
  vxlan: [17],
  'labels-in-udp': [17],
  'labels-in-gre': [47],
  'ip-in-ip': [4, 41],
  segments: [4, 41, 43],
};
const allProtocols = Object.values(protocols).flat();

/** The tunnels that an IP packet which leaves may be in, by its source and protocol. */
export function tunnelsAt(
  { view }: Pick<Frame, 'view'>,
  ip: number,
  tunnels: readonly Tunnel[],
): readonly Tunnel[] {
  if (tunnels.length === 0) return [];
  const isIp4 = view.getUint8(ip) >> 4 === 4;
  const protocol = view.getUint8(ip + (isIp4 ? 9 : 6));
  if (!allProtocols.includes(protocol)) return [];
  const source = isIp4 ? addressKey(view, ip + 12, 4) : addressKey(view, ip + 8, 16);
  return tunnels.filter(
    ({ local, kind }) => keyOfHex(local) === source && protocols[kind].includes(protocol),
  );
}

/** A number that differs where addresses do, nearly always. */
function addressKey(view: DataView, at: number, bytes: number): number {
  let key = bytes;
  for (let i = at; i < at + bytes; i += 4) key = Math.imul(key, 0x01000193) ^ view.getUint32(i);
  return key >> 2;
}

const keys = new Map<string, number>();

function keyOfHex(digits: string): number {
  const known = keys.get(digits);
  if (known !== undefined) return known;
  const bytes = Uint8Array.from(Buffer.from(digits, 'hex'));
  const key = addressKey(new DataView(bytes.buffer), 0, bytes.length);
  keys.set(digits, key);
  return key;
}

/** Checks the headers of a tunnel that the router has put round something. @returns the header that follows them */
export function checkTunnel(frame: Frame, ip: number, tunnels: readonly Tunnel[]): Layer {
  const { view } = frame;
  const end = frame.at + frame.length;
  const isIp4 = view.getUint8(ip) >> 4 === 4;
  const at = isIp4 ? checkOuter4(view, ip, end) : checkOuter6(view, ip, end);
  frame.numbered.push(ip);
  const remote = isIp4 ? hexAt(view, ip + 16, 4) : hexAt(view, ip + 24, 16);
  const known = tunnels.filter(({ remotes }) => remotes.includes(remote));
  if (known.length === 0) invalid(`a tunnel to ${remote}, which is no far end of it`);
  if (frame.asked) invalid('a port is asked for a checksum of a tunnel');
  if (known[0]?.kind === 'ip-in-ip') return behindOuter(view, ip, at, end);
  if (known[0]?.kind === 'segments') return behindSegments(view, ip, end, known);
  if (known[0]?.kind === 'labels-in-gre') return behindGre(view, at, end);
  checkUdp(view, { ip, at, end });
  const port = view.getUint16(at + 2);
  const same = known.filter((tunnel) => tunnel.port === port);
  if (same.length === 0) invalid(`a tunnel to UDP port ${port}`);
  const payload = at + UDP_BYTES;
  return same[0]?.kind === 'vxlan'
    ? behindVxlan(view, payload, end, same)
    : { kind: 'label', at: payload, end };
}

function checkOuter4(view: DataView, ip: number, end: number): number {
  if (end - ip < 20 || view.getUint8(ip) !== 0x45) invalid('an outer IPv4 header that is not a plain one');
  if (view.getUint16(ip + 2) !== end - ip)
    invalid(`an outer total length of ${view.getUint16(ip + 2)} for ${end - ip}`);
  if (sum16(view, ip, 20) !== 0xffff) invalid('a wrong outer IPv4 checksum');
  if (view.getUint16(ip + 6) & 0xbfff) invalid('an outer IPv4 packet that says it is a fragment');
  if (view.getUint8(ip + 8) !== LIFETIME) invalid(`an outer time to live of ${view.getUint8(ip + 8)}`);
  return ip + 20;
}

function checkOuter6(view: DataView, ip: number, end: number): number {
  if (end - ip < 40) invalid('an outer IPv6 header that is cut');
  if (view.getUint16(ip + 4) !== end - ip - 40)
    invalid(`an outer payload length of ${view.getUint16(ip + 4)} for ${end - ip - 40}`);
  if (view.getUint8(ip + 7) !== LIFETIME) invalid(`an outer hop limit of ${view.getUint8(ip + 7)}`);
  return ip + 40;
}

function checkUdp(view: DataView, { ip, at, end }: { ip: number; at: number; end: number }): void {
  const bytes = end - at;
  if (bytes < UDP_BYTES) invalid('an outer UDP header that is cut');
  if (view.getUint16(at) < FIRST_ENTROPY_PORT) invalid(`an outer source port of ${view.getUint16(at)}`);
  if (view.getUint16(at + 4) !== bytes)
    invalid(`an outer UDP length of ${view.getUint16(at + 4)} for ${bytes}`);
  const holds = sum16(view, at, bytes, pseudoSum(view, ip, 17, bytes)) === 0xffff;
  if (view.getUint16(at + 6) !== 0 && !holds) invalid('a wrong outer UDP checksum');
}

function behindVxlan(view: DataView, at: number, end: number, tunnels: readonly Tunnel[]): Layer {
  if (end - at < 8) invalid('a VXLAN header that is cut');
  if (view.getUint32(at) !== 0x08000000) invalid(`VXLAN flags 0x${view.getUint32(at).toString(16)}`);
  const word = view.getUint32(at + 4);
  if (word & 0xff) invalid('VXLAN with something in its last byte');
  if (!tunnels.some(({ vni }) => vni === word >>> 8)) invalid(`VXLAN to VNI ${word >>> 8}`);
  return { kind: 'frame', at: at + 8, end };
}

/** An IP packet of the version that the outer header says. */
function behindOuter(view: DataView, ip: number, at: number, end: number): Layer {
  return behindProtocol(view.getUint8(ip + (view.getUint8(ip) >> 4 === 4 ? 9 : 6)), at, end);
}

/** An IP packet behind the routing header of one of some lists, or behind the outer header alone. */
function behindSegments(view: DataView, ip: number, end: number, lists: readonly Tunnel[]): Layer {
  const at = ip + 40;
  for (const { routing = '' } of lists) {
    const bytes = routing.length / 2;
    const numberAt = bytes > 0 ? at : ip + 6;
    const isThere = bytes === 0 || (view.getUint8(ip + 6) === 43 && at + bytes <= end);
    if (!isThere || hexAt(view, at + 1, Math.max(bytes - 1, 0)) !== routing.slice(2)) continue;
    const protocol = view.getUint8(numberAt);
    if (protocol === 4 || protocol === 41) return behindProtocol(protocol, at + bytes, end);
  }
  return invalid('a routing header that is of no list of segments');
}

function behindProtocol(protocol: number, at: number, end: number): Layer {
  return { kind: protocol === 4 ? 'ip4' : 'ip6', at, end };
}

/** The base header is all that leaves here. */
function behindGre(view: DataView, at: number, end: number): Layer {
  if (end - at < 4) invalid('a GRE header that is cut');
  if (view.getUint32(at) !== 0x8847) invalid(`a GRE header 0x${view.getUint32(at).toString(16)}`);
  return { kind: 'label', at: at + 4, end };
}

/** Labels that may be in front of something. */
export interface Labels {
  has(label: number): boolean;
}

/** Checks a whole stack of labels that the router has put on (RFC 3032 2.1). @returns where what they carry begins */
export function checkLabels(frame: Frame, first: number, labels: Labels): number {
  const { view, at, length } = frame;
  const layers = layersOf(view, { kind: 'label', at: first, end: at + length });
  const others = layers.findIndex(({ kind }) => kind !== 'label');
  const stack = others < 0 ? layers : layers.slice(0, others);
  const end = first + stack.length * LABEL_BYTES;
  if (stack.length === 0) invalid('a stack of labels that is cut');
  checkPushed(frame, { first, end }, true, labels);
  return end;
}

/** Checks labels that the router has put on; the last of them ends the stack where it should. */
export function checkPushed(
  { view, input }: Frame,
  { first, end }: { readonly first: number; readonly end: number },
  endsStack: boolean,
  labels: Labels,
): void {
  for (let at = first; at < end; at += LABEL_BYTES) {
    const word = view.getUint32(at);
    if ((word & 0xff) === 0 && (!input || !isSent(input, ipOffsetOf(input))))
      invalid('a label whose time to live is zero');
    if (!labels.has(word >>> 12)) invalid(`label ${word >>> 12}, which nobody has asked for`);
    const isLast = at + LABEL_BYTES === end;
    if (((word & 0x100) !== 0) !== (isLast && endsStack)) invalid('a stack of labels that ends elsewhere');
  }
}

/** Bytes as hexadecimal digits. */
export function hexAt(view: DataView, at: number, length: number): string {
  return Buffer.from(view.buffer, view.byteOffset + at, length).toString('hex');
}
