import { setTimeout as delay } from 'node:timers/promises';
import { formatAddress, type IpAddress } from '../../net/address.ts';
import type { EchoAnswer, EchoRequest, IcmpExchange } from './icmp-exchange.ts';

/** Whom to ask, and from where. */
export interface EchoTarget {
  readonly vrf: number;
  readonly source: IpAddress;
  readonly destination: IpAddress;
  readonly nextHop?: number;
  readonly ident?: number;
}

/** One request's outcome; without an answer, none came in time. */
export interface EchoOutcome {
  readonly sequence: number;
  readonly ident: number;
  readonly rttUs: number;
  readonly answer?: EchoAnswer;
}

/** Sends echo requests at a steady pace and yields what comes back, until `count` are done or the signal says stop. */
export async function* ping(
  exchange: IcmpExchange,
  target: EchoTarget,
  options: { readonly count: number | undefined; readonly delayMs: number; readonly signal: AbortSignal },
): AsyncGenerator<EchoOutcome> {
  const asker = new Asker(exchange, target);
  try {
    for (let sequence = 1; !options.signal.aborted; sequence++) {
      const started = performance.now();
      yield await asker.ask(sequence, 64, options.signal);
      if (sequence === options.count) return;
      await pause(options.delayMs - (performance.now() - started), options.signal);
    }
  } finally {
    asker.close();
  }
}

/** One probe of a traceroute. */
export interface HopOutcome extends EchoOutcome {
  readonly hop: number;
  readonly probe: number;
}

/** Sends three probes with each time to live from 1 on, until the destination or an unreachable one answers. */
export async function* traceroute(
  exchange: IcmpExchange,
  target: EchoTarget,
  signal: AbortSignal,
): AsyncGenerator<HopOutcome> {
  const asker = new Asker(exchange, target);
  try {
    for (let hop = 1; hop <= MAX_HOPS && !signal.aborted; hop++) {
      let arrived = false;
      for (let probe = 0; probe < PROBES && !signal.aborted; probe++) {
        const outcome = await asker.ask((hop - 1) * PROBES + probe + 1, hop, signal);
        yield { ...outcome, hop, probe };
        arrived ||= outcome.answer !== undefined && outcome.answer.result !== 'time exceeded';
      }
      if (arrived) return;
    }
  } finally {
    asker.close();
  }
}

/** Asks one destination, one request after the other. */
class Asker {
  readonly #exchange: IcmpExchange;
  readonly #target: EchoTarget;
  readonly #ident: number;
  readonly #stop: () => void;
  #answered: (answer: EchoAnswer) => void = () => {};

  constructor(exchange: IcmpExchange, target: EchoTarget) {
    this.#exchange = exchange;
    this.#target = target;
    this.#ident = exchange.freeIdent(target.ident);
    this.#stop = exchange.expect(this.#ident, (answer) => this.#answered(answer));
  }

  /** Sends one request and waits for its answer, for TIMEOUT_MS at most. */
  async ask(sequence: number, ttl: number, signal: AbortSignal): Promise<EchoOutcome> {
    const started = performance.now();
    const answered = new Promise<EchoAnswer>((resolve) => {
      this.#answered = (answer) => {
        if (answer.sequence === (sequence & 0xffff)) resolve(answer);
      };
    });
    const { vrf, source, destination, nextHop } = this.#target;
    const request: EchoRequest = {
      vrf,
      source,
      destination,
      ident: this.#ident,
      sequence: sequence & 0xffff,
      ttl,
      payload: payload(),
      ...(nextHop === undefined ? {} : { nextHop }),
    };
    this.#exchange.send(request);
    const timeout = new AbortController();
    const answer = await Promise.race([
      answered,
      pause(TIMEOUT_MS, AbortSignal.any([signal, timeout.signal])),
    ]);
    timeout.abort();
    const rttUs = Math.round((performance.now() - started) * 1000);
    return { sequence, ident: this.#ident, rttUs, ...(answer ? { answer } : {}) };
  }

  close(): void {
    this.#stop();
  }
}

/** Text of who answered, empty for nobody. */
export function answerer(outcome: EchoOutcome): string {
  return outcome.answer ? formatAddress(outcome.answer.from) : '';
}

const TIMEOUT_MS = 1000;
const MAX_HOPS = 30;
const PROBES = 3;
const PAYLOAD_BYTES = 56;

function payload(): Uint8Array {
  return Uint8Array.from({ length: PAYLOAD_BYTES }, (_, i) => i);
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<undefined> {
  if (milliseconds > 0) await delay(milliseconds, undefined, { signal }).catch(() => {});
  return undefined;
}
