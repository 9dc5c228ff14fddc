// Who speaks with whom in an IPv4 packet, as translation tells flows apart (RFC 3022 2.2, RFC 5508 3.1).

const [ICMP, TCP, UDP, DCCP, UDP_LITE] = [1, 6, 17, 33, 136];
/** Messages with an identifier: echo and timestamp; those of them that answer; errors, which quote a packet (RFC 792). */
const queryTypes = [0, 8, 13, 14];
const answerTypes = [0, 14];
const errorTypes = [3, 11, 12];

/** An address with a port, as numbers; an identifier of ICMP is a port, and zero stands for none. */
export interface End {
  readonly address: number;
  readonly port: number;
}

/** Which of a packet's ends has its name from translation: who sends it, or whom it is for. */
export const [SOURCE, DESTINATION] = [12, 16] as const;
export type Side = typeof SOURCE | typeof DESTINATION;

/** What tells a packet's flow: ports, addresses alone; not that of a later fragment, a header that is cut, or a message of ICMP. */
export type FlowKind = 'ports' | 'addresses' | 'fragment' | 'cut' | 'error' | 'message';

export interface Flow {
  readonly kind: FlowKind;
  readonly protocol: number;
  readonly local: End;
  readonly remote: End;
  /** Where its transport header begins, and where what can be read of it ends. */
  readonly l4: number;
  readonly end: number;
}

/** A flow between a station inside a port, as it is known outside, and somebody there (RFC 3022 2.2). */
export interface Session {
  readonly port: number;
  readonly protocol: number;
  readonly inside: End;
  readonly outside: End;
  readonly remote: End;
}

/** Who is known by which address and port, and which datagrams come in parts, each by a name. */
export interface KnownSessions {
  find(port: number, flow: Flow, side: 'inside' | 'outside'): Session | undefined;
  notePart(datagram: string, session: Session): void;
  sessionOfPart(datagram: string): Session | undefined;
}

export function isSameEnd(one: End, other: End): boolean {
  return one.address === other.address && one.port === other.port;
}

/** The flow of an IPv4 packet of which so many bytes can be read, seen from its end on a side; undefined for no packet. */
export function flowAt(view: DataView, ip: number, most: number, side: Side): Flow | undefined {
  if (most < 20) return undefined;
  const header = (view.getUint8(ip) & 15) * 4;
  const bytes = Math.min(most, view.getUint16(ip + 2));
  if (view.getUint8(ip) >> 4 !== 4 || header < 20 || bytes < header) return undefined;
  const protocol = view.getUint8(ip + 9);
  const [l4, end] = [ip + header, ip + bytes];
  const kind = view.getUint16(ip + 6) & 0x1fff ? 'fragment' : kindOf(view, protocol, l4, end - l4);
  const [source, destination] = portsOf(view, { kind, protocol, l4, end });
  const from = { address: view.getUint32(ip + SOURCE), port: source };
  const to = { address: view.getUint32(ip + DESTINATION), port: destination };
  const ends = side === SOURCE ? { local: from, remote: to } : { local: to, remote: from };
  return { kind, protocol, l4, end, ...(protocol === ICMP ? withIdentifier(ends, source) : ends) };
}

/** Both ends of a query have one identifier; it belongs to whoever is known by another. */
function withIdentifier(ends: Pick<Flow, 'local' | 'remote'>, identifier: number): typeof ends {
  return { local: { ...ends.local, port: identifier }, remote: { ...ends.remote, port: 0 } };
}

function kindOf(view: DataView, protocol: number, l4: number, bytes: number): FlowKind {
  if (protocol === ICMP) {
    if (bytes < 8) return 'cut';
    if (queryTypes.includes(view.getUint8(l4))) return 'ports';
    return errorTypes.includes(view.getUint8(l4)) ? 'error' : 'message';
  }
  const checksum = checksumOffset(protocol);
  if (checksum === undefined) return 'addresses';
  return bytes < Math.max(8, checksum + 2) ? 'cut' : 'ports';
}

function portsOf(
  view: DataView,
  { kind, protocol, l4, end }: Pick<Flow, 'kind' | 'protocol' | 'l4' | 'end'>,
): readonly [number, number] {
  if ((kind !== 'ports' && kind !== 'cut') || end - l4 < 8) return [0, 0];
  if (protocol === ICMP) return [view.getUint16(l4 + 4), 0];
  return [view.getUint16(l4), view.getUint16(l4 + 2)];
}

/** Where the checksum lies in a transport header that covers addresses; undefined where there is none. */
export function checksumOffset(protocol: number): number | undefined {
  if (protocol === TCP) return 16;
  return protocol === UDP || protocol === DCCP || protocol === UDP_LITE ? 6 : undefined;
}

/** Where the port of the end on a side lies, in a packet whose ports can be read; undefined where they cannot. */
export function portPlace({ kind, protocol, l4, end }: Flow, side: Side): number | undefined {
  if ((kind !== 'ports' && kind !== 'cut') || end - l4 < 8) return undefined;
  if (protocol === ICMP) return l4 + 4;
  return l4 + (side === SOURCE ? 0 : 2);
}

/** Whether a packet may begin a session: not what answers or ends something (RFC 5382 4.3, RFC 5508 3.1). */
export function mayBegin(view: DataView, { protocol, l4 }: Flow): boolean {
  if (protocol === ICMP) return !answerTypes.includes(view.getUint8(l4));
  const flags = protocol === TCP ? view.getUint8(l4 + 13) : 0;
  return !(flags & 4) && (flags & 18) !== 18;
}

export const isIcmp = (protocol: number): boolean => protocol === ICMP;
export const isUdp = (protocol: number): boolean => protocol === UDP;
/** Whether a sender may leave the protocol's checksum to whoever sends a packet on. */
export const mayBeLeft = (protocol: number): boolean => protocol === TCP || protocol === UDP;
