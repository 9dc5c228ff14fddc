import { after, type Cursor, ipv4At, ipv6At, payload, truncated } from './cursor.ts';
import { decodeIcmp, decodeIcmpv6 } from './icmp.ts';
import type { Layer } from './layers.ts';
import { decodeTcp, decodeUdp } from './transport.ts';
import { type Carried, decodeGre } from './tunnels.ts';

/** Decodes by the version nibble. */
export function decodeIp(cursor: Cursor, carried: Carried): readonly Layer[] {
  if (cursor.length === 0) return [truncated('ip', 1, cursor)];
  const version = cursor.view.getUint8(0) >>> 4;
  if (version === 4) return decodeIpv4(cursor, carried);
  return version === 6 ? decodeIpv6(cursor, carried) : payload(cursor);
}

/** RFC 791 section 3.1. */
export function decodeIpv4(cursor: Cursor, carried: Carried): readonly Layer[] {
  if (cursor.length < 20) return [truncated('ipv4', 20, cursor)];
  const { view } = cursor;
  const headerLength = (view.getUint8(0) & 15) * 4;
  const fragment = view.getUint16(6);
  const header: Layer = {
    layer: 'ipv4',
    source: ipv4At(cursor, 12),
    destination: ipv4At(cursor, 16),
    protocol: view.getUint8(9),
    ttl: view.getUint8(8),
    tos: view.getUint8(1),
    headerLength,
    totalLength: view.getUint16(2),
    identification: view.getUint16(4),
    dontFragment: (fragment & 0x4000) !== 0,
    moreFragments: (fragment & 0x2000) !== 0,
    fragmentOffset: (fragment & 0x1fff) * 8,
    checksum: view.getUint16(10),
  };
  if (headerLength < 20 || header.totalLength < headerLength) return [header, ...payload(after(cursor, 20))];
  if (cursor.length < headerLength) return [header, truncated('ipv4 options', headerLength, cursor)];
  const rest = after(cursor, headerLength, header.totalLength - headerLength);
  return [
    header,
    ...(header.fragmentOffset > 0 ? payload(rest) : decodeUpper(header.protocol, rest, carried)),
  ];
}

/** RFC 8200 section 3, extension headers included. */
export function decodeIpv6(cursor: Cursor, carried: Carried): readonly Layer[] {
  if (cursor.length < 40) return [truncated('ipv6', 40, cursor)];
  const { view } = cursor;
  const first = view.getUint32(0);
  const payloadLength = view.getUint16(4);
  const chain = walkExtensions(view.getUint8(6), after(cursor, 40, payloadLength));
  const header: Layer = {
    layer: 'ipv6',
    source: ipv6At(cursor, 8),
    destination: ipv6At(cursor, 24),
    protocol: chain.protocol,
    hopLimit: view.getUint8(7),
    trafficClass: (first >>> 20) & 0xff,
    flowLabel: first & 0xfffff,
    payloadLength,
    extensions: chain.extensions,
    fragmentOffset: chain.fragmentOffset,
    moreFragments: chain.moreFragments,
  };
  if (chain.stop !== undefined) return [header, chain.stop];
  return [
    header,
    ...(chain.fragmentOffset > 0 ? payload(chain.rest) : decodeUpper(chain.protocol, chain.rest, carried)),
  ];
}

interface ExtensionChain {
  readonly protocol: number;
  readonly extensions: readonly number[];
  readonly fragmentOffset: number;
  readonly moreFragments: boolean;
  readonly rest: Cursor;
  readonly stop?: Layer;
}

const fragmentHeader = 44;
const authenticationHeader = 51;
const extensionHeaders = new Set([0, 43, fragmentHeader, authenticationHeader, 60, 135]);

function walkExtensions(first: number, start: Cursor): ExtensionChain {
  let chain: ExtensionChain = {
    protocol: first,
    extensions: [],
    fragmentOffset: 0,
    moreFragments: false,
    rest: start,
  };
  while (extensionHeaders.has(chain.protocol) && chain.fragmentOffset === 0) {
    const { rest } = chain;
    const length = rest.length < 8 ? 8 : extensionLength(chain.protocol, rest);
    if (rest.length < length) return { ...chain, stop: truncated('ipv6 extension', length, rest) };
    const fragment = chain.protocol === fragmentHeader ? rest.view.getUint16(2) : 0;
    chain = {
      protocol: rest.view.getUint8(0),
      extensions: [...chain.extensions, chain.protocol],
      fragmentOffset: fragment & 0xfff8,
      moreFragments: chain.moreFragments || (fragment & 1) !== 0,
      rest: after(rest, length),
    };
  }
  return chain;
}

function extensionLength(protocol: number, cursor: Cursor): number {
  if (protocol === fragmentHeader) return 8;
  const units = cursor.view.getUint8(1);
  return protocol === authenticationHeader ? (units + 2) * 4 : (units + 1) * 8;
}

function decodeUpper(protocol: number, cursor: Cursor, carried: Carried): readonly Layer[] {
  if (protocol === 1) return decodeIcmp(cursor, (original) => decodeIpv4(original, carried));
  if (protocol === 6) return decodeTcp(cursor);
  if (protocol === 17) return decodeUdp(cursor, carried);
  if (protocol === 58) return decodeIcmpv6(cursor, (original) => decodeIpv6(original, carried));
  if (protocol === 4) return decodeIpv4(cursor, carried);
  if (protocol === 41) return decodeIpv6(cursor, carried);
  if (protocol === 47) return decodeGre(cursor, carried);
  return payload(cursor);
}
