import { ipv6Options, ipv6Packet, joinBytes } from '../../src/net/frame/build.ts';
import { ownSids } from './places.ts';
import { ip4, ip6, toRouter } from './seed-packets.ts';
import { routingHeader } from './tunnel-headers.ts';

/** To each SID of ours a packet of either family, with no segments left, with one, and with what cannot be. */
export function segmentSeeds(): readonly Uint8Array[] {
  const inner4 = ip4('10.0.1.2', '10.0.2.2');
  const inner6 = ip6('2001:db8:1::2', '2001:db8:2::2');
  const next = '2001:db8:2::2';
  const fields = { nextHeader: 4, segments: [next, next], left: 1 };
  return ownSids.flatMap((sid, i) => {
    const other = ownSids[(i + 1) % ownSids.length] ?? next;
    const twice = routingHeader({ ...fields, segments: [other, next] }, inner4);
    return [
      toSid(sid, 4, inner4),
      toSid(sid, 41, inner6),
      toSid(sid, 43, routingHeader({ ...fields, left: 0 }, inner4)),
      toSid(sid, 43, routingHeader({ ...fields, nextHeader: 41 }, inner6)),
      toSid(sid, 43, routingHeader({ ...fields, segments: [sid, other, next], left: 2 }, inner4)),
      toSid(sid, 43, routingHeader({ ...fields, nextHeader: 43, left: 0 }, twice)),
      toSid(sid, 60, ipv6Options(43, Uint8Array.of(5, 2, 0, 0)), twice),
      toSid(sid, 41, packetTo(other, 4, inner4)),
      ...[{ left: 3 }, { last: 2 }, { type: 0 }, { units: 3 }, { units: 255 }].map((wrong) =>
        toSid(sid, 43, routingHeader({ ...fields, ...wrong }, inner4)),
      ),
      toSid(sid, 43, routingHeader(fields, inner4).subarray(0, 39)),
    ];
  });
}

function toSid(destination: string, nextHeader: number, ...parts: readonly Uint8Array[]): Uint8Array {
  return toRouter(packetTo(destination, nextHeader, ...parts));
}

function packetTo(destination: string, nextHeader: number, ...parts: readonly Uint8Array[]): Uint8Array {
  return ipv6Packet({ source: '2001:db8:1::2', destination, nextHeader }, joinBytes(...parts));
}
