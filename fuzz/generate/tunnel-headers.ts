import { addressToBytes, parseAddress } from '../../src/net/address.ts';
import { joinBytes, udpDatagram } from '../../src/net/frame/build.ts';

// The headers of tunnels and VLANs, field by field, for seeds and mutations.

/** Puts VLAN tags (IEEE 802.1Q 9.6) behind the MAC addresses of a frame, the outermost first. */
export function tagged(
  frame: Uint8Array,
  tags: readonly { readonly vlan: number; readonly type?: number }[],
): Uint8Array {
  const words = tags.map(({ vlan, type = 0x8100 }) =>
    Uint8Array.of(type >> 8, type & 255, vlan >> 8, vlan & 255),
  );
  return joinBytes(frame.subarray(0, 12), ...words, frame.subarray(12));
}

/** VXLAN (RFC 7348 5). */
export function vxlan(
  fields: { readonly vni: number; readonly flags?: number; readonly reserved?: number },
  frame: Uint8Array,
): Uint8Array {
  const { vni, flags = 8, reserved = 0 } = fields;
  const header = Uint8Array.of(flags, 0, 0, reserved, vni >> 16, (vni >> 8) & 255, vni & 255, reserved);
  return joinBytes(header, frame);
}

/** GRE (RFC 2784 2) with the fields that its bits announce, all zero. */
export function gre(bits: number, type: number, payload: Uint8Array): Uint8Array {
  const words = (bits & 0xc000 ? 1 : 0) + (bits & 0x2000 ? 1 : 0) + (bits & 0x1000 ? 1 : 0);
  const header = Uint8Array.of(bits >> 8, bits & 255, type >> 8, type & 255);
  return joinBytes(header, new Uint8Array(words * 4), payload);
}

/** An entry of a stack of labels (RFC 3032 2.1). */
export interface LabelEntry {
  readonly label: number;
  readonly trafficClass?: number;
  readonly isLast: boolean;
  readonly lifetime?: number;
}

export function stack(entries: readonly LabelEntry[], payload: Uint8Array): Uint8Array {
  const words = entries.map(({ label, trafficClass = 0, isLast, lifetime = 64 }) =>
    Uint8Array.of(
      label >> 12,
      (label >> 4) & 255,
      ((label & 15) << 4) | (trafficClass << 1) | (isLast ? 1 : 0),
      lifetime,
    ),
  );
  return joinBytes(...words, payload);
}

/** A tunnel's datagram, its checksum left out. */
export function tunnelDatagram(port: number, source: number, payload: Uint8Array): Uint8Array {
  return udpDatagram({ source, destination: port }, payload);
}

/** A routing header (RFC 8754 2) with segments in the order that packets pass them, of which so many are left. */
export function routingHeader(
  fields: {
    readonly nextHeader: number;
    readonly segments: readonly string[];
    readonly left: number;
    readonly last?: number;
    readonly type?: number;
    readonly units?: number;
  },
  payload: Uint8Array,
): Uint8Array {
  const { nextHeader, segments, left } = fields;
  const { last = segments.length - 1, type = 4, units = segments.length * 2 } = fields;
  const start = Uint8Array.of(nextHeader, units, type, left, last, 0, 0, 0);
  const addresses = segments.map((segment) => addressToBytes(parseAddress(segment)));
  return joinBytes(start, ...addresses.reverse(), payload);
}
