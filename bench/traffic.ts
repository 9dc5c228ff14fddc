import { addressToBytes, parseAddress } from '../src/net/address.ts';
import { checksum, pseudoHeaderSum } from '../src/net/checksum.ts';
import { macToBytes, parseMac } from '../src/net/mac.ts';

/** What DPDK's first pcap port gives itself as its address; packets must be addressed to it to be routed. */
export const receiverMac = '02:70:63:61:70:00';

/** The frame, addressed to another station. */
export function addressedTo(mac: string, frame: Uint8Array): Uint8Array {
  return Uint8Array.of(...macToBytes(parseMac(mac)), ...frame.subarray(6));
}

/** The frame, from one station to another. */
export function betweenStations(source: string, destination: string, frame: Uint8Array): Uint8Array {
  const macs = [destination, source].flatMap((mac) => [...macToBytes(parseMac(mac))]);
  return Uint8Array.of(...macs, ...frame.subarray(12));
}

/** One UDP packet; the size is the Ethernet frame's, without its checksum. */
export interface UdpFrame {
  readonly source: string;
  readonly destination: string;
  readonly sourcePort?: number;
  readonly bytes: number;
  readonly id?: number;
  readonly ttl?: number;
}

const etherBytes = 14;
const udpBytes = 8;
const udpProtocol = 17;

/** One IPv4 packet of any protocol in an Ethernet frame of its own. */
export interface Ipv4Frame {
  readonly source: string;
  readonly destination: string;
  readonly protocol: number;
  readonly id?: number;
  readonly ttl?: number;
  readonly payload: Uint8Array;
}

/** Returns an Ethernet frame with an IPv4 packet around the payload, addressed to the program that forwards. */
export function ipv4Frame(frame: Ipv4Frame): Uint8Array {
  const bytes = new Uint8Array(etherBytes + 20 + frame.payload.length);
  writeEther(bytes, 0x0800);
  bytes.set(frame.payload, etherBytes + 20);
  writeIpv4(bytes.subarray(etherBytes), frame);
  return bytes;
}

/** Returns an Ethernet frame with a UDP datagram of zeros, all checksums right. */
export function udpFrame(frame: UdpFrame): Uint8Array {
  const isIpv4 = !frame.destination.includes(':');
  const ipBytes = isIpv4 ? 20 : 40;
  const bytes = new Uint8Array(frame.bytes);
  writeEther(bytes, isIpv4 ? 0x0800 : 0x86dd);
  if (isIpv4) writeIpv4(bytes.subarray(etherBytes), { ...frame, protocol: udpProtocol });
  else writeIpv6(bytes.subarray(etherBytes), frame);
  writeUdp(bytes.subarray(etherBytes + ipBytes), frame);
  return bytes;
}

/** The smallest frame of a family that carries a UDP datagram, at least the 60 bytes Ethernet wants. */
export function smallestFrame(family: 'ipv4' | 'ipv6'): number {
  return family === 'ipv4' ? 60 : etherBytes + 40 + udpBytes;
}

function writeEther(frame: Uint8Array, type: number): void {
  frame.set(macToBytes(parseMac(receiverMac)), 0);
  frame.set(macToBytes(parseMac('02:00:00:00:00:01')), 6);
  viewOf(frame).setUint16(12, type);
}

function writeIpv4(packet: Uint8Array, frame: Omit<Ipv4Frame, 'payload'>): void {
  const view = viewOf(packet);
  view.setUint8(0, 0x45);
  view.setUint16(2, packet.length);
  view.setUint16(4, frame.id ?? 0);
  view.setUint8(8, frame.ttl ?? 64);
  view.setUint8(9, frame.protocol);
  packet.set(addressToBytes(parseAddress(frame.source)), 12);
  packet.set(addressToBytes(parseAddress(frame.destination)), 16);
  view.setUint16(10, checksum(packet.subarray(0, 20)));
}

function writeIpv6(packet: Uint8Array, frame: UdpFrame): void {
  const view = viewOf(packet);
  view.setUint8(0, 0x60);
  view.setUint16(4, packet.length - 40);
  view.setUint8(6, udpProtocol);
  view.setUint8(7, frame.ttl ?? 64);
  packet.set(addressToBytes(parseAddress(frame.source)), 8);
  packet.set(addressToBytes(parseAddress(frame.destination)), 24);
}

function writeUdp(datagram: Uint8Array, frame: UdpFrame): void {
  const view = viewOf(datagram);
  view.setUint16(0, frame.sourcePort ?? 1000);
  view.setUint16(2, 2000);
  view.setUint16(4, datagram.length);
  const pseudoHeader = pseudoHeaderSum({
    source: parseAddress(frame.source),
    destination: parseAddress(frame.destination),
    protocol: udpProtocol,
    length: datagram.length,
  });
  view.setUint16(6, checksum(datagram, pseudoHeader) || 0xffff); // zero would mean "none" (RFC 768)
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
