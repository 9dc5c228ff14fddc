import { after, type Cursor, payload, truncated } from './cursor.ts';
import type { Layer, TcpFlag } from './layers.ts';
import { type Carried, decodeDatagram } from './tunnels.ts';

/** RFC 768. */
export function decodeUdp(cursor: Cursor, carried: Carried): readonly Layer[] {
  if (cursor.length < 8) return [truncated('udp', 8, cursor)];
  const { view } = cursor;
  const header = {
    layer: 'udp',
    sourcePort: view.getUint16(0),
    destinationPort: view.getUint16(2),
    length: view.getUint16(4),
    checksum: view.getUint16(6),
  } as const;
  return [header, ...decodeDatagram(header.destinationPort, after(cursor, 8), carried)];
}

const flagBits: readonly TcpFlag[] = ['fin', 'syn', 'rst', 'psh', 'ack', 'urg', 'ece', 'cwr'];

/** RFC 9293 section 3.1. */
export function decodeTcp(cursor: Cursor): readonly Layer[] {
  if (cursor.length < 20) return [truncated('tcp', 20, cursor)];
  const { view } = cursor;
  const headerLength = (view.getUint8(12) >>> 4) * 4;
  const header: Layer = {
    layer: 'tcp',
    sourcePort: view.getUint16(0),
    destinationPort: view.getUint16(2),
    sequence: view.getUint32(4),
    acknowledgement: view.getUint32(8),
    flags: flagBits.filter((_, bit) => ((view.getUint8(13) >>> bit) & 1) === 1),
    window: view.getUint16(14),
    headerLength,
    checksum: view.getUint16(16),
  };
  if (headerLength > cursor.length) return [header, truncated('tcp options', headerLength, cursor)];
  return [header, ...payload(after(cursor, Math.max(20, headerLength)))];
}
