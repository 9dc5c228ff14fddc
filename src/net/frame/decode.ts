import { after, type Cursor, cursorOf, ipv4At, macAt, payload, truncated } from './cursor.ts';
import { decodeIp, decodeIpv4, decodeIpv6 } from './ip.ts';
import type { Layer } from './layers.ts';
import { decodeMpls } from './mpls.ts';
import { type Carried, type TunnelPorts, TYPE_FRAME, wellKnownPorts } from './tunnels.ts';

/**
 * Decodes an Ethernet frame into its headers, and what tunnels carry to the `ports` that are theirs; a frame cut anywhere
 * ends in a `truncated` layer.
 */
export function decodeFrame(bytes: Uint8Array, ports = wellKnownPorts): readonly Layer[] {
  return decodeEther(cursorOf(bytes), carriedBy(ports));
}

/** Decodes a packet that starts with its IPv4 or IPv6 header. */
export function decodePacket(bytes: Uint8Array, ports = wellKnownPorts): readonly Layer[] {
  return decodeIp(cursorOf(bytes), carriedBy(ports));
}

function carriedBy(ports: TunnelPorts): Carried {
  const carried: Carried = {
    ports,
    decode: (etherType, cursor) => decodeEtherPayload(etherType, cursor, carried),
  };
  return carried;
}

function decodeEther(cursor: Cursor, carried: Carried): readonly Layer[] {
  if (cursor.length < 14) return [truncated('ether', 14, cursor)];
  const etherType = cursor.view.getUint16(12);
  return [
    { layer: 'ether', destination: macAt(cursor, 0), source: macAt(cursor, 6), etherType },
    ...decodeEtherPayload(etherType, after(cursor, 14), carried),
  ];
}

function decodeEtherPayload(etherType: number, cursor: Cursor, carried: Carried): readonly Layer[] {
  if (etherType === 0x0800) return decodeIpv4(cursor, carried);
  if (etherType === 0x86dd) return decodeIpv6(cursor, carried);
  if (etherType === 0x0806) return decodeArp(cursor);
  if (etherType === 0x8847 || etherType === 0x8848) return decodeMpls(cursor, carried);
  if (etherType === 0x8100 || etherType === 0x88a8) return decodeVlan(cursor, carried);
  if (etherType === TYPE_FRAME) return decodeEther(cursor, carried);
  return payload(cursor);
}

function decodeVlan(cursor: Cursor, carried: Carried): readonly Layer[] {
  if (cursor.length < 4) return [truncated('vlan', 4, cursor)];
  const tag = cursor.view.getUint16(0);
  const etherType = cursor.view.getUint16(2);
  return [
    { layer: 'vlan', id: tag & 0xfff, priority: tag >>> 13, dropEligible: (tag & 0x1000) !== 0, etherType },
    ...decodeEtherPayload(etherType, after(cursor, 4), carried),
  ];
}

/** RFC 826, for Ethernet and IPv4 only. */
function decodeArp(cursor: Cursor): readonly Layer[] {
  if (cursor.length < 28) return [truncated('arp', 28, cursor)];
  if (cursor.view.getUint32(0) !== 0x00010800 || cursor.view.getUint16(4) !== 0x0604) return payload(cursor);
  return [
    {
      layer: 'arp',
      operation: cursor.view.getUint16(6),
      senderMac: macAt(cursor, 8),
      senderAddress: ipv4At(cursor, 14),
      targetMac: macAt(cursor, 18),
      targetAddress: ipv4At(cursor, 24),
    },
  ];
}
