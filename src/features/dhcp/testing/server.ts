import { addressToBytes, parseAddress } from '../../../net/address.ts';
import { etherFrame, ipv4Packet, joinBytes, udpDatagram } from '../../../net/frame/build.ts';
import { macToBytes, parseMac } from '../../../net/mac.ts';

/** What a server says, in words and numbers. */
export interface Said {
  readonly kind: 'offer' | 'ack' | 'nak';
  readonly xid: number;
  readonly mac: string;
  readonly yours?: string;
  readonly options?: readonly (readonly [code: number, value: Uint8Array])[];
}

/** Builds a server's message, independently of the client's code. */
export function serverMessage({ kind, xid, mac, yours = '0.0.0.0', options = [] }: Said): Uint8Array {
  const fixed = new Uint8Array(240);
  const view = new DataView(fixed.buffer);
  fixed.set([2, 1, 6]);
  view.setUint32(4, xid);
  fixed.set(addressToBytes(parseAddress(yours)), 16);
  fixed.set(macToBytes(parseMac(mac)), 28);
  view.setUint32(236, 0x63825363);
  const kinds = { offer: 2, ack: 5, nak: 6 };
  const all = [[53, Uint8Array.of(kinds[kind])] as const, ...options];
  const fields = all.map(([code, value]) => joinBytes(Uint8Array.of(code, value.length), value));
  return joinBytes(fixed, ...fields, Uint8Array.of(255));
}

/** Builds the frame that a server at 10.0.0.1 sends its message in. */
export function serverFrame(message: Uint8Array, destination = '255.255.255.255'): Uint8Array {
  const ends = { source: '10.0.0.1', destination };
  const packet = ipv4Packet(
    { ...ends, protocol: 17 },
    udpDatagram({ source: 67, destination: 68 }, message, ends),
  );
  const macs = { destination: 'ff:ff:ff:ff:ff:ff', source: '02:00:00:00:01:01' };
  return etherFrame({ ...macs, etherType: 0x0800 }, packet);
}

/** The options of an ordinary lease of a /24 by 10.0.0.1, for so many seconds. */
export function leaseOptions(
  seconds: number,
  ...more: readonly (readonly [code: number, value: Uint8Array])[]
) {
  return [
    [1, Uint8Array.of(255, 255, 255, 0)],
    [3, Uint8Array.of(10, 0, 0, 1)],
    [51, word(seconds)],
    [54, Uint8Array.of(10, 0, 0, 1)],
    ...more,
  ] as const;
}

export function word(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}
