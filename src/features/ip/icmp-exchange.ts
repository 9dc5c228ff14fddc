import type { Router } from '../../engine/host/router.ts';
import { addressFromBytes, formatAddress, type IpAddress } from '../../net/address.ts';
import { icmpMessage, icmpv6Message, ipv4Packet, ipv6Packet } from '../../net/frame/build.ts';

/** An echo request to be sent. */
export interface EchoRequest {
  readonly vrf: number;
  readonly source: IpAddress;
  readonly destination: IpAddress;
  readonly ident: number;
  readonly sequence: number;
  readonly ttl: number;
  readonly payload: Uint8Array;
  /** The next hop of a destination that no route leads to: a link-local one. */
  readonly nextHop?: number;
}

/** What came back for a request. */
export interface EchoAnswer {
  readonly from: IpAddress;
  readonly ident: number;
  readonly sequence: number;
  readonly ttl: number;
  /** Bytes of the ICMP message. */
  readonly size: number;
  readonly type: number;
  readonly code: number;
  readonly result: 'reply' | 'unreachable' | 'time exceeded' | 'too big';
}

/** An ICMP packet for one of our addresses that no request of ours asked for. */
export type UnclaimedListener = (
  packet: Uint8Array,
  at: { readonly iface: number; readonly vrf: number },
) => void;

/** The router's own echo requests, and what comes back for them. */
export class IcmpExchange {
  readonly #router: Router;
  readonly #waiting = new Map<number, (answer: EchoAnswer) => void>();
  #unclaimed: UnclaimedListener = () => {};

  constructor(router: Router) {
    this.#router = router;
    for (const stage of ['icmp4-local', 'icmp6-local']) {
      router.onPunt(stage, ({ packet, iface, vrf }) => {
        if (packet === undefined) return;
        const bytes = router.packets.bytes(packet);
        router.packets.free(packet);
        this.#take(bytes, { iface, vrf });
      });
    }
  }

  /** Chooses who gets what no request of ours asked for. */
  onUnclaimed(listener: UnclaimedListener): void {
    this.#unclaimed = listener;
  }

  /** Calls back with every answer to requests of an identifier, until what it returns is called. */
  expect(ident: number, listener: (answer: EchoAnswer) => void): () => void {
    this.#waiting.set(ident, listener);
    return () => this.#waiting.delete(ident);
  }

  /** An identifier that nobody uses, the wanted one where it is free. */
  freeIdent(wanted?: number): number {
    let ident = (wanted ?? Math.floor(Math.random() * 65536)) & 0xffff;
    while (this.#waiting.has(ident)) ident = (ident + 1) & 0xffff;
    return ident;
  }

  /** Sends a request; false when there was no buffer or worker for it. */
  send(request: EchoRequest): boolean {
    const family = request.destination.family;
    const bytes = family === 'ipv4' ? echo4(request) : echo6(request);
    const etherType = family === 'ipv4' ? RAW_IPV4 : RAW_IPV6;
    const { vrf, nextHop } = request;
    const flags = PACKET_LOCAL;
    if (nextHop !== undefined) {
      return this.#router.send(bytes, family === 'ipv4' ? 'ip4-output' : 'ip6-output', {
        vrf,
        nextHop,
        etherType,
        flags,
      });
    }
    return this.#router.send(bytes, family === 'ipv4' ? 'ip4-send' : 'ip6-send', { vrf, etherType, flags });
  }

  #take(bytes: Uint8Array, at: { readonly iface: number; readonly vrf: number }): void {
    const answer = readAnswer(bytes);
    const listener = answer && this.#waiting.get(answer.ident);
    if (listener) listener(answer);
    else this.#unclaimed(bytes, at);
  }
}

/** Reads an echo reply, or an error about an echo request; undefined for everything else. */
export function readAnswer(bytes: Uint8Array): EchoAnswer | undefined {
  const outer = readPacket(bytes);
  if (!outer || outer.message.length < 8) return undefined;
  const [type = 0, code = 0] = outer.message;
  const meaning = (outer.family === 'ipv4' ? meanings4 : meanings6).get(type);
  if (meaning === undefined) return undefined;
  const echo = meaning === 'reply' ? outer : readPacket(outer.message.subarray(8));
  if (!echo || echo.message.length < 8) return undefined;
  if (meaning !== 'reply' && echo.message[0] !== (outer.family === 'ipv4' ? 8 : 128)) return undefined;
  const result = outer.family === 'ipv4' && type === 3 && code === 4 ? 'too big' : meaning;
  const view = new DataView(echo.message.buffer, echo.message.byteOffset);
  return {
    from: outer.source,
    ident: view.getUint16(4),
    sequence: view.getUint16(6),
    ttl: outer.ttl,
    size: outer.message.length,
    type,
    code,
    result,
  };
}

const PACKET_LOCAL = 1;
const RAW_IPV4 = 0x0008;
const RAW_IPV6 = 0xdd86;

// RFC 792, RFC 4443.
const meanings4 = new Map<number, EchoAnswer['result']>([
  [0, 'reply'],
  [3, 'unreachable'],
  [11, 'time exceeded'],
]);
const meanings6 = new Map<number, EchoAnswer['result']>([
  [129, 'reply'],
  [1, 'unreachable'],
  [2, 'too big'],
  [3, 'time exceeded'],
]);

/** Where the ICMP message of a packet lies, which an error may have cut short. */
function readPacket(bytes: Uint8Array) {
  const version = (bytes[0] ?? 0) >> 4;
  if (version === 4 && bytes.length >= 20 && bytes[9] === 1) {
    const header = ((bytes[0] ?? 0) & 15) * 4;
    return {
      family: 'ipv4',
      source: addressFromBytes(bytes.slice(12, 16)),
      ttl: bytes[8] ?? 0,
      message: bytes.subarray(header),
    } as const;
  }
  if (version === 6 && bytes.length >= 40 && bytes[6] === 58) {
    return {
      family: 'ipv6',
      source: addressFromBytes(bytes.slice(8, 24)),
      ttl: bytes[7] ?? 0,
      message: bytes.subarray(40),
    } as const;
  }
  return undefined;
}

function echo4({ source, destination, ident, sequence, ttl, payload }: EchoRequest): Uint8Array {
  const message = icmpMessage({ type: 8, rest: ((ident << 16) | sequence) >>> 0 }, payload);
  const ends = { source: formatAddress(source), destination: formatAddress(destination) };
  return ipv4Packet({ ...ends, protocol: 1, ttl }, message);
}

function echo6({ source, destination, ident, sequence, ttl, payload }: EchoRequest): Uint8Array {
  const ends = { source: formatAddress(source), destination: formatAddress(destination) };
  const message = icmpv6Message({ type: 128, rest: ((ident << 16) | sequence) >>> 0 }, payload, ends);
  return ipv6Packet({ ...ends, nextHeader: 58, hopLimit: ttl }, message);
}
