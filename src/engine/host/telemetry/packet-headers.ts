import { decodeFrame, decodePacket } from '../../../net/frame/decode.ts';
import type { Layer } from '../../../net/frame/layers.ts';
import type { TunnelPorts } from '../../../net/frame/tunnels.ts';
import type { GraphNode } from '../../compiler/graph.ts';

/** What is known of a packet that lies before a stage. */
export interface SeenPacket {
  /** The bytes from its current header on, as many as were kept. */
  readonly bytes: Uint8Array;
  readonly packetLength: number;
  /** Ethertype of what the bytes start with; zero or wrong where nobody has set it. */
  readonly etherType: number;
}

/** Decodes the headers of a packet as a stage sees it: an Ethernet frame, or what follows its header. */
export function headersSeen(
  stage: Pick<GraphNode, 'takesFrames'>,
  packet: SeenPacket,
  ports?: TunnelPorts,
): readonly Layer[] {
  const whole = padded(packet);
  if (stage.takesFrames) return decodeFrame(whole, ports);
  if (hasLabels(packet)) return decodeFrame(withEtherHeader(whole, packet.etherType), ports).slice(1);
  if (looksLikeIp(packet)) return decodePacket(whole, ports);
  if (isArp(packet)) return decodeFrame(withEtherHeader(whole, ETHERTYPE_ARP)).slice(1);
  return decodeFrame(whole, ports);
}

/** Puts an Ethernet header with zero addresses in front of a packet that has none (yet). */
export function withEtherHeader(bytes: Uint8Array, etherType: number): Uint8Array {
  const frame = new Uint8Array(ETHER_HEADER_BYTES + bytes.length);
  frame.set(bytes, ETHER_HEADER_BYTES);
  new DataView(frame.buffer).setUint16(12, etherType);
  return frame;
}

/** Gives the ethertype of a packet that starts with an IP header or labels or is ARP; undefined when it seems to be a frame. */
export function etherTypeSeen(packet: SeenPacket): number | undefined {
  if (hasLabels(packet)) return packet.etherType;
  if (looksLikeIp(packet)) return (packet.bytes[0] ?? 0) >>> 4 === 4 ? ETHERTYPE_IP4 : ETHERTYPE_IP6;
  return isArp(packet) ? ETHERTYPE_ARP : undefined;
}

export const ETHER_HEADER_BYTES = 14;

const ETHERTYPE_IP4 = 0x0800;
const ETHERTYPE_IP6 = 0x86dd;
const ETHERTYPE_ARP = 0x0806;
const ETHERTYPE_MPLS = 0x8847;
const ETHERTYPE_MPLS_MULTICAST = 0x8848;

/** The version nibble decides; the lengths tell a header from a MAC address that begins with a 4 or 6. */
function looksLikeIp({ bytes, packetLength, etherType }: SeenPacket): boolean {
  const version = (bytes[0] ?? 0) >>> 4;
  if (etherType === ETHERTYPE_IP4 && version === 4) return true;
  if (etherType === ETHERTYPE_IP6 && version === 6) return true;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (version === 4 && bytes.length >= 20) {
    const length = view.getUint16(2);
    return ((bytes[0] ?? 0) & 15) >= 5 && length >= 20 && length <= packetLength;
  }
  return version === 6 && bytes.length >= 40 && 40 + view.getUint16(4) <= packetLength;
}

/** Labels may look like anything, so only the ethertype tells. */
function hasLabels({ etherType }: SeenPacket): boolean {
  return etherType === ETHERTYPE_MPLS || etherType === ETHERTYPE_MPLS_MULTICAST;
}

/** RFC 826: hardware type Ethernet, protocol IPv4. */
function isArp({ bytes, etherType }: SeenPacket): boolean {
  if (etherType !== ETHERTYPE_ARP || bytes.length < 28) return false;
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0) === 0x0001_0800;
}

/** Gives bytes the packet's own length, so that what was not kept still counts as payload. */
function padded({ bytes, packetLength }: SeenPacket): Uint8Array {
  if (bytes.length >= packetLength) return bytes.subarray(0, packetLength);
  const whole = new Uint8Array(packetLength);
  whole.set(bytes);
  return whole;
}
