import { randomBytes } from 'node:crypto';
import { addressFromBytes, formatAddress } from '../../net/address.ts';
import { type ConntrackConfig, defaultConfig, timeoutPlaces } from './conntrack-config.ts';
import { MAX_SESSIONS, PAGE_SESSION_BYTES } from './layout.ts';
import { type SessionFunctions, sessionFunctionNames } from './table-functions.ts';

/** One session as it is shown. */
export interface Session {
  readonly id: number;
  readonly iface: number;
  readonly state: string;
  readonly protocol: number;
  readonly inside: End;
  readonly outside: End;
  readonly remote: End;
  readonly idleMs: number;
}

/** An address with a port, zero for protocols without. */
export interface End {
  readonly address: string;
  readonly port: number;
}

/** What sessions need of the router. */
export interface SessionRouter {
  tables<T>(names: readonly (keyof T & string)[]): T;
  region(name: string): number;
  readonly memory: Uint8Array;
}

const states = ['closed', 'new', 'established', 'established', 'half-close', 'time-wait'];
/** The clock of sessions goes on, and old ones are looked for in a part of the records, at every tick. */
export const TICK_MS = 100;
/** In so many ticks all records are looked at. */
const TICKS_A_SWEEP = 10;

/** The sessions: workers make them and say when they were used, and the control thread gives them up. */
export class Sessions {
  readonly #functions: SessionFunctions;
  readonly #router: SessionRouter;
  readonly #nowMs: () => number;
  #config: ConntrackConfig = defaultConfig;
  #next = 1;

  constructor(router: SessionRouter, nowMs: () => number) {
    this.#router = router;
    this.#nowMs = nowMs;
    this.#functions = router.tables<SessionFunctions>(sessionFunctionNames);
    this.#functions.setNatSeed(randomBytes(8).readBigUInt64LE());
    this.#writeConfig();
    this.#writeClock();
  }

  get config(): ConntrackConfig {
    return this.#config;
  }

  /** Takes over limits and timeouts that were checked. */
  set config(config: ConntrackConfig) {
    this.#config = config;
    this.#writeConfig();
  }

  get count(): number {
    return this.#functions.natCount();
  }

  /** Lets time go on: gives up what was silent for too long, of a part of all. */
  tick(): void {
    this.#writeClock();
    const used = this.#used;
    const part = Math.max(MIN_PART, Math.ceil(used / TICKS_A_SWEEP));
    const from = this.#next > used ? 1 : this.#next;
    const count = Math.max(0, Math.min(part, used - from + 1));
    this.#functions.sweepSessions(from, count);
    this.#next = from + count;
  }

  /** Ends all sessions, or those of an interface; returns how many. */
  flush(iface = 0): number {
    return this.#functions.flushSessions(iface, 1, this.#used);
  }

  /** All sessions, a page at a time; those that come or go meanwhile may be missing. */
  *pages(): Generator<readonly Session[]> {
    for (let from = 1; from <= this.#used; ) {
      const answer = BigInt.asUintN(64, this.#functions.fillSessionPage(from));
      yield this.#readPage(Number(answer >> 32n));
      from = Number(answer & 0xffffffffn);
    }
  }

  get #used(): number {
    return Math.min(this.#functions.natUsed(), MAX_SESSIONS);
  }

  #writeClock(): void {
    this.#functions.setNatClock(Math.floor(this.#nowMs()) >>> 0);
  }

  #writeConfig(): void {
    this.#functions.setNatMax(this.#config.max);
    for (const [place, name] of timeoutPlaces)
      this.#functions.setNatTimeout(place, this.#config[name] * 1000);
  }

  #readPage(count: number): readonly Session[] {
    const { buffer } = this.#router.memory;
    const start = this.#router.region('NAT_PAGE');
    return Array.from({ length: count }, (_, i) =>
      readSession(new DataView(buffer, start + i * PAGE_SESSION_BYTES, PAGE_SESSION_BYTES)),
    );
  }
}

/** As few records are looked at in one go. */
const MIN_PART = 1024;

/** Reads a session of the page (datapath/nat-sessions.ts). */
function readSession(view: DataView): Session {
  const end = (address: number, port: number): End => ({
    address: formatAddress(
      addressFromBytes(Uint8Array.from([0, 1, 2, 3], (i) => view.getUint8(address + i))),
    ),
    port: view.getUint16(port),
  });
  return {
    id: view.getUint32(24, true),
    iface: view.getUint16(18, true),
    protocol: view.getUint8(20),
    state: states[view.getUint8(22)] ?? 'closed',
    inside: end(0, 12),
    outside: end(4, 14),
    remote: end(8, 16),
    idleMs: Math.max(0, view.getInt32(28, true)),
  };
}
