import { addressToBytes, parseAddress } from '../../src/net/address.ts';
import { checksum } from '../../src/net/checksum.ts';
import { BenchError } from '../bench-error.ts';
import { ipv4Frame } from '../traffic.ts';

/** From which router to which a packet goes that has another inside. */
export interface Ends {
  readonly source: string;
  readonly destination: string;
}

const udp = 17;
const gre = 47;
const vxlanPort = 4789;
const mplsPort = 6635;
const mplsType = 0x8847;
const [etherBytes, ipBytes, udpBytes, vxlanBytes, greBytes, labelBytes] = [14, 20, 8, 8, 4, 4];

/** Puts VXLAN around a frame (RFC 7348), with a source port from 49152 up that stands for its flow. */
export function vxlanFrame(inner: Uint8Array, { vni, ...ends }: Ends & { readonly vni: number }): Uint8Array {
  const payload = new Uint8Array(vxlanBytes + inner.length);
  viewOf(payload).setUint32(0, 0x0800_0000);
  viewOf(payload).setUint32(4, vni * 256);
  payload.set(inner, vxlanBytes);
  return ipv4Frame({ ...ends, protocol: udp, payload: datagram(vxlanPort, payload) });
}

/** Puts one label and UDP around a packet (RFC 7510). */
export function mplsOverUdpFrame(
  packet: Uint8Array,
  { label, ...ends }: Ends & { readonly label: number },
): Uint8Array {
  return ipv4Frame({ ...ends, protocol: udp, payload: datagram(mplsPort, labelled(packet, label)) });
}

/** Puts one label and GRE's base header around a packet (RFC 4023). */
export function mplsOverGreFrame(
  packet: Uint8Array,
  { label, ...ends }: Ends & { readonly label: number },
): Uint8Array {
  const payload = Uint8Array.of(0, 0, mplsType >>> 8, mplsType & 255, ...labelled(packet, label));
  return ipv4Frame({ ...ends, protocol: gre, payload });
}

/** Returns the frame inside; throws when it is not VXLAN between these ends with this number. */
export function openVxlan(frame: Uint8Array, { vni, ...ends }: Ends & { readonly vni: number }): Uint8Array {
  const payload = openUdp(openIpv4(frame, ends, udp), vxlanPort);
  expect(payload[0] === 8, 'the I bit of VXLAN');
  expect(viewOf(payload).getUint32(4) === vni * 256, `VNI ${vni}`);
  return payload.subarray(vxlanBytes);
}

/** Returns the packet inside; throws when it is not one label and UDP between these ends. */
export function openMplsOverUdp(
  frame: Uint8Array,
  { label, ...ends }: Ends & { readonly label: number },
): Uint8Array {
  return unlabelled(openUdp(openIpv4(frame, ends, udp), mplsPort), label);
}

/** Returns the packet inside; throws when it is not one label and GRE's base header between these ends. */
export function openMplsOverGre(
  frame: Uint8Array,
  { label, ...ends }: Ends & { readonly label: number },
): Uint8Array {
  const payload = openIpv4(frame, ends, gre);
  expect(viewOf(payload).getUint32(0) === mplsType, "GRE's base header with labels");
  return unlabelled(payload.subarray(greBytes), label);
}

/** Returns the IPv4 packet of a frame without what routers change in it; throws when its checksum is wrong. */
export function openRouted(frame: Uint8Array): Uint8Array {
  expect(viewOf(frame).getUint16(12) === 0x0800, 'IPv4');
  return unrouted(frame.subarray(etherBytes));
}

/** The IPv4 packet without its TTL and checksum, once that is known to be right. */
export function unrouted(packet: Uint8Array): Uint8Array {
  expect(packet[0] === 0x45 && checksum(packet.subarray(0, ipBytes)) === 0, 'a checksum that is right');
  const copy = Uint8Array.from(packet);
  copy[8] = 0;
  viewOf(copy).setUint16(10, 0);
  return copy;
}

function openIpv4(frame: Uint8Array, { source, destination }: Ends, protocol: number): Uint8Array {
  expect(viewOf(frame).getUint16(12) === 0x0800, 'IPv4');
  const packet = frame.subarray(etherBytes);
  expect(
    packet[0] === 0x45 && checksum(packet.subarray(0, ipBytes)) === 0,
    'an outer checksum that is right',
  );
  expect(packet[9] === protocol, `protocol ${protocol}`);
  expect(viewOf(packet).getUint16(2) === packet.length, `an outer length of ${packet.length}`);
  for (const [offset, address] of [
    [12, source],
    [16, destination],
  ] as const) {
    const bytes = packet.subarray(offset, offset + 4);
    expect(
      Buffer.compare(bytes, addressToBytes(parseAddress(address))) === 0,
      `the outer address ${address}`,
    );
  }
  return packet.subarray(ipBytes);
}

function openUdp(segment: Uint8Array, port: number): Uint8Array {
  const view = viewOf(segment);
  expect(view.getUint16(2) === port, `port ${port}`);
  expect(view.getUint16(4) === segment.length, `an outer datagram of ${segment.length} bytes`);
  return segment.subarray(udpBytes);
}

// RFC 7510 and RFC 7348 let the checksum be zero.
function datagram(port: number, payload: Uint8Array): Uint8Array {
  const segment = new Uint8Array(udpBytes + payload.length);
  const view = viewOf(segment);
  view.setUint16(0, 49152 + (checksum(payload) & 0x3fff));
  view.setUint16(2, port);
  view.setUint16(4, segment.length);
  segment.set(payload, udpBytes);
  return segment;
}

function labelled(packet: Uint8Array, label: number): Uint8Array {
  const stack = new Uint8Array(labelBytes + packet.length);
  viewOf(stack).setUint32(0, label * 4096 + 0x100 + 64);
  stack.set(packet, labelBytes);
  return stack;
}

function unlabelled(stack: Uint8Array, label: number): Uint8Array {
  const entry = viewOf(stack).getUint32(0);
  expect(entry >>> 12 === label, `label ${label}`);
  expect((entry & 0x100) !== 0, 'one label');
  expect((entry & 0xff) > 0, 'a TTL');
  return stack.subarray(labelBytes);
}

/** @throws BenchError when something does not hold of a frame that left */
export function expect(holds: boolean, what: string): void {
  if (!holds) throw new BenchError('BENCH_PROOF', `expected ${what} in a frame that left`);
}

/** A view of bytes. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
