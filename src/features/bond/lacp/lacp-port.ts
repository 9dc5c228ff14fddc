import { type Mac, parseMac, sameMac } from '../../../net/mac.ts';
import { type Lacpdu, type LacpEnd, LacpState } from './lacpdu.ts';

/** What is known of a member that speaks LACP. */
export interface LacpPortOptions {
  readonly system: Mac;
  readonly key: number;
  readonly port: number;
}

type Receiving = 'disabled' | 'expired' | 'defaulted' | 'current';
type Mux = 'detached' | 'waiting' | 'attached' | 'collecting' | 'distributing';

const {
  ACTIVITY,
  SHORT_TIMEOUT,
  AGGREGATION,
  SYNCHRONIZATION,
  COLLECTING,
  DISTRIBUTING,
  DEFAULTED,
  EXPIRED,
} = LacpState;

// Times of 6.4.4, in milliseconds.
const FAST_PERIOD = 1000;
const SLOW_PERIOD = 30_000;
const SHORT_TIMEOUT_MS = 3 * FAST_PERIOD;
const AGGREGATE_WAIT = 2000;
/** No more frames than these in a second (6.4.16). */
const MOST_IN_A_SECOND = 3;

/**
 * LACP of one member (IEEE 802.1AX-2014 6.4): its receive machine, periodic machine and mux machine. It does nothing by
 * itself: it is told what happens and what time it is, and asked what to send. We want to hear from the other end each
 * second.
 */
export class LacpPort {
  readonly #options: LacpPortOptions;
  #receiving: Receiving = 'disabled';
  #mux: Mux = 'detached';
  #partner: LacpEnd = NOBODY;
  /** When what was heard of the other end is old. */
  #oldAtMs = 0;
  #waitedAtMs = 0;
  #periodicAtMs = 0;
  /** It has something to say. */
  #mustSend = false;
  #sentAtMs: readonly number[] = [];
  #usable = false;
  #selected = false;

  constructor(options: LacpPortOptions) {
    this.#options = options;
  }

  /** Says whether its link can be used. */
  setUsable(usable: boolean, nowMs: number): void {
    if (usable === this.#usable) return;
    this.#usable = usable;
    if (!usable) {
      this.#receiving = 'disabled';
      this.#partner = { ...this.#partner, state: this.#partner.state & ~SYNCHRONIZATION };
      return;
    }
    this.#expire(nowMs);
    this.#periodicAtMs = nowMs;
  }

  /** Takes what the other end says (6.4.12, state CURRENT). */
  receive({ actor, partner }: Lacpdu, nowMs: number): void {
    if (!this.#usable) return;
    if (!isSameView(partner, this.actor)) this.#mustSend = true;
    const knowsUs = isSameLink(partner, this.actor) && (partner.state & AGGREGATION) === AGGREGATION;
    const isActive = (actor.state & ACTIVITY) !== 0 || (partner.state & ACTIVITY) !== 0;
    const inSync = knowsUs && isActive && (actor.state & SYNCHRONIZATION) !== 0;
    const state = inSync ? actor.state : actor.state & ~SYNCHRONIZATION;
    this.#partner = { ...actor, state };
    this.#receiving = 'current';
    this.#oldAtMs = nowMs + SHORT_TIMEOUT_MS;
  }

  /** Says whether it belongs to those that act as one. */
  setSelected(selected: boolean): void {
    this.#selected = selected;
  }

  /** Lets time pass: what is old is forgotten, and the mux goes on as far as it may. */
  tick(nowMs: number): void {
    this.#age(nowMs);
    const before = this.actor.state;
    for (let steps = 0; steps < MUX_STATES && this.#stepMux(nowMs); steps++);
    if (this.actor.state !== before) this.#mustSend = true;
    const period = this.#partner.state & SHORT_TIMEOUT ? FAST_PERIOD : SLOW_PERIOD;
    if (nowMs < Math.min(this.#periodicAtMs, (this.#sentAtMs.at(-1) ?? 0) + period)) return;
    this.#periodicAtMs = nowMs + period;
    this.#mustSend = true;
  }

  /** What it has to say now, if anything (6.4.16). */
  take(nowMs: number): Lacpdu | undefined {
    const lately = this.#sentAtMs.filter((each) => nowMs - each < FAST_PERIOD);
    if (!this.#usable || !this.#mustSend || lately.length >= MOST_IN_A_SECOND) return undefined;
    this.#mustSend = false;
    this.#sentAtMs = [...lately, nowMs];
    return { actor: this.actor, partner: this.#partner };
  }

  /** What it says when it leaves: that it takes and sends nothing any more. */
  get farewell(): Lacpdu {
    const state = this.actor.state & ~(SYNCHRONIZATION | COLLECTING | DISTRIBUTING);
    return { actor: { ...this.actor, state }, partner: this.#partner };
  }

  /** Our end. */
  get actor(): LacpEnd {
    const { system, key, port } = this.#options;
    const inSync = this.#mux === 'attached' || this.collects;
    const state =
      ACTIVITY |
      SHORT_TIMEOUT |
      AGGREGATION |
      (inSync ? SYNCHRONIZATION : 0) |
      (this.collects ? COLLECTING : 0) |
      (this.distributes ? DISTRIBUTING : 0) |
      (this.#receiving === 'defaulted' ? DEFAULTED : 0) |
      (this.#receiving === 'expired' ? EXPIRED : 0);
    return { systemPriority: PRIORITY, system, key, portPriority: PRIORITY, port, state };
  }

  /** The other end, as it was last heard. */
  get partner(): LacpEnd {
    return this.#partner;
  }

  /** Whether the other end has been heard, and may act as one with others. */
  get isSelectable(): boolean {
    return this.#receiving === 'current' && (this.#partner.state & AGGREGATION) !== 0;
  }

  get receiving(): Receiving {
    return this.#receiving;
  }

  get mux(): Mux {
    return this.#mux;
  }

  /** It takes frames. */
  get collects(): boolean {
    return this.#mux === 'collecting' || this.#mux === 'distributing';
  }

  /** It sends frames. */
  get distributes(): boolean {
    return this.#mux === 'distributing';
  }

  /** Who has not been heard is asked once more, and then forgotten (6.4.12, EXPIRED and DEFAULTED). */
  #age(nowMs: number): void {
    if (this.#receiving === 'disabled' || this.#receiving === 'defaulted' || nowMs < this.#oldAtMs) return;
    if (this.#receiving === 'current') {
      this.#expire(nowMs);
      return;
    }
    this.#receiving = 'defaulted';
    this.#partner = NOBODY;
    this.#mustSend = true;
  }

  #expire(nowMs: number): void {
    this.#receiving = 'expired';
    this.#partner = { ...this.#partner, state: (this.#partner.state & ~SYNCHRONIZATION) | SHORT_TIMEOUT };
    this.#oldAtMs = nowMs + SHORT_TIMEOUT_MS;
    this.#mustSend = true;
  }

  /** One step of the mux machine with its own control (6.4.15): we collect before they distribute. */
  #stepMux(nowMs: number): boolean {
    const next = this.#nextMux(nowMs);
    if (next === this.#mux) return false;
    this.#mux = next;
    return true;
  }

  #nextMux(nowMs: number): Mux {
    if (!this.#selected || !this.#usable) return 'detached';
    const { state } = this.#partner;
    const inSync = (state & SYNCHRONIZATION) !== 0;
    if (this.#mux === 'detached') {
      this.#waitedAtMs = nowMs + AGGREGATE_WAIT;
      return 'waiting';
    }
    if (this.#mux === 'waiting') return nowMs >= this.#waitedAtMs ? 'attached' : 'waiting';
    if (!inSync) return 'attached';
    if (this.#mux === 'attached') return 'collecting';
    return (state & COLLECTING) !== 0 ? 'distributing' : 'collecting';
  }
}

const PRIORITY = 32768;
const MUX_STATES = 5;
/** The other end of which nothing is known. */
const NOBODY: LacpEnd = {
  systemPriority: 0,
  system: parseMac('00:00:00:00:00:00'),
  key: 0,
  portPriority: 0,
  port: 0,
  state: SHORT_TIMEOUT,
};

/** Tells whether the other end speaks of this end of this link. */
function isSameLink(one: LacpEnd, other: LacpEnd): boolean {
  return (
    one.port === other.port &&
    one.portPriority === other.portPriority &&
    one.key === other.key &&
    one.systemPriority === other.systemPriority &&
    sameMac(one.system, other.system)
  );
}

/** Tells whether the other end knows all of our state that it has to (6.4.9 update_NTT). */
function isSameView(one: LacpEnd, ours: LacpEnd): boolean {
  const told = ACTIVITY | SHORT_TIMEOUT | AGGREGATION | SYNCHRONIZATION | COLLECTING | DISTRIBUTING;
  return isSameLink(one, ours) && (one.state & told) === (ours.state & told);
}
