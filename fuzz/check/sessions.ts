import type { Arrival, Arrivals } from './came.ts';
import {
  type Flow,
  flowAt,
  isIcmp,
  isSameEnd,
  type KnownSessions,
  mayBegin,
  type Session,
  SOURCE,
} from './flow.ts';
import { invalid, type SharedAddress, type Stations } from './frame.ts';

/** Below are ports of system services, which nobody is given that has not one of them himself (RFC 6335 6). */
const FIRST_PORT = 1024;

/** What translation has promised by now: who is known by which address and port, and which datagrams are on their way in parts. */
export class Sessions implements KnownSessions {
  #all: readonly Session[] = [];
  readonly #parts = new Map<string, Session>();

  /** Begins with those that there are. */
  restart(all: readonly Session[]): void {
    this.#all = all;
    this.#parts.clear();
  }

  get count(): number {
    return this.#all.length;
  }

  /** The session of a flow by its station's name outside, or inside. */
  find(port: number, { protocol, local, remote }: Flow, side: 'inside' | 'outside'): Session | undefined {
    return this.#all.find(
      (each) =>
        each.port === port &&
        each.protocol === protocol &&
        isSameEnd(each[side], local) &&
        isSameEnd(each.remote, remote),
    );
  }

  /** Notes to which session the first part of a datagram belongs that comes in. */
  notePart(datagram: string, session: Session): void {
    this.#parts.set(datagram, session);
  }

  sessionOfPart(datagram: string): Session | undefined {
    return this.#parts.get(datagram);
  }

  /** Takes over a session that the router says to have begun, if it may be: by what came, and by the others. @throws Finding */
  begin(session: Session, came: Arrivals, stations: Pick<Stations, 'shared' | 'translations'>): void {
    const { inside, outside, remote, protocol } = session;
    const others = this.#all.filter(
      (each) => each.port === session.port && each.protocol === protocol && isSameEnd(each.remote, remote),
    );
    if (others.some((each) => isSameEnd(each.outside, outside)))
      invalid(`two sessions have one address and port outside: ${textOf(session)}`);
    if (others.some((each) => isSameEnd(each.inside, inside)))
      invalid(`one flow has two sessions: ${textOf(session)}`);
    if (addressFor(session, stations) !== outside.address)
      invalid(`a session with an address that no rule gives it: ${textOf(session)}`);
    const keeps = inside.port === outside.port;
    const isKept = !others.some((each) => isSameEnd(each.outside, { ...outside, port: inside.port }));
    if (isKept !== keeps) invalid(`a session that should have kept its port, or not: ${textOf(session)}`);
    if (!keeps && !isIcmp(protocol) && outside.port < FIRST_PORT)
      invalid(`a session is given the port of a service: ${textOf(session)}`);
    if (!came.inputs.some(({ arrivals }) => arrivals.some((arrival) => begins(arrival, session))))
      invalid(`a session that nothing has begun: ${textOf(session)}`);
    this.#all = [...this.#all, session];
  }
}

/** The address that a session's station is to have outside; its own where that is one that others share. */
function addressFor(
  { port, inside }: Session,
  { shared, translations }: Pick<Stations, 'shared' | 'translations'>,
): number | undefined {
  if (translations.some((each) => each.port === port && each.inside === inside.address)) return undefined;
  const rule = ruleOf(shared, port, inside.address);
  if (rule) return rule.outside;
  return shared.find((each) => each.port === port && each.outside === inside.address)?.outside;
}

/** The rule by which an address leaves a port as another: that of the longest prefix. */
export function ruleOf(
  shared: readonly SharedAddress[],
  port: number,
  address: number,
): SharedAddress | undefined {
  let longest: SharedAddress | undefined;
  for (const each of shared) {
    if (each.port !== port || (address & each.mask) >>> 0 !== each.subnet) continue;
    if (!longest || each.mask > longest.mask) longest = each;
  }
  return longest;
}

function begins({ input, layer }: Arrival, session: Session): boolean {
  if (layer.kind !== 'ip4') return false;
  const flow = flowAt(input.view, layer.at, layer.end - layer.at, SOURCE);
  if (!flow || flow.protocol !== session.protocol || !isSameEnd(flow.remote, session.remote)) return false;
  if (!isSameEnd(flow.local, session.inside)) return false;
  return mayBegin(input.view, flow) || isEndOfOurs(session);
}

/** The router itself may end what it has not begun by an address that others share. */
function isEndOfOurs({ protocol, inside, outside }: Session): boolean {
  return !isIcmp(protocol) && inside.address === outside.address;
}

function textOf({ protocol, inside, outside, remote }: Session): string {
  const [from, as, to] = [inside, outside, remote].map(
    ({ address, port }) => `${[24, 16, 8, 0].map((bits) => (address >>> bits) & 255).join('.')}:${port}`,
  );
  return `protocol ${protocol}, ${from} as ${as} to ${to}`;
}
