import type { Bench } from '../../src/engine/testing/bench.ts';
import { NAT_FRAGMENTS_BYTES, NAT_PLACES_BYTES } from '../../src/features/nat/layout.ts';
import { type SessionFunctions, sessionFunctionNames } from '../../src/features/nat/table-functions.ts';
import type { Session } from '../check/flow.ts';
import { Finding } from '../finding.ts';

const RECORD_BYTES = 64;
/** What all sessions have in common (nat/datapath/nat-state.ts), and where that says how many records were ever in use. */
const STATE_BYTES = 80;
const USED = 72;
/** A record's fields (nat/datapath/session.ts). */
const PROTOCOL = 20;
const LIVE = 21;
/** Any number, always the same: a burst finds the same places again. */
const SEED = 0x0123_4567_89ab_cdefn;
const CLOCK_MS = 1_000_000;
/** More sessions than a burst begins. */
const MANY = 4096;

/** The tables of NAT's sessions: before each way of a burst they are what they were. */
export class NatTables {
  readonly #bench: Bench;
  readonly #port: number;
  readonly #functions: SessionFunctions;
  #kept: readonly Kept[] = [];
  #before: readonly Session[] = [];
  #places: readonly number[] = [];
  /** Whether any have begun since all places were looked at: that takes long. */
  #hasBegun = false;

  /** Sessions are all of the interface of one port. */
  constructor(bench: Bench, port: number) {
    this.#bench = bench;
    this.#port = port;
    this.#functions = bench.tables<SessionFunctions>(sessionFunctionNames);
    this.#functions.setNatSeed(SEED);
    this.#functions.setNatClock(CLOCK_MS);
    this.#functions.setNatMax(MANY);
  }

  /** Sessions that there are before each burst. */
  get before(): readonly Session[] {
    return this.#before;
  }

  /** Takes what there is for what there is before each burst, but for parts of datagrams. */
  keep(): void {
    this.#bytesOf('NAT_FRAGMENTS', NAT_FRAGMENTS_BYTES).fill(0);
    const used = this.#used;
    const regions = [
      { name: 'NAT_STATE', bytes: STATE_BYTES },
      { name: 'NAT_SESSIONS', bytes: used * RECORD_BYTES },
      { name: 'NAT_FRAGMENTS', bytes: NAT_FRAGMENTS_BYTES },
    ];
    this.#kept = regions.map(({ name, bytes }) => {
      const now = this.#bytesOf(name, bytes);
      return { now, before: now.slice() };
    });
    this.#before = this.begunAfter(0);
    this.#places = this.#takenPlaces();
  }

  /** Puts all back, and lets so many sessions begin. */
  restore(most = MANY): void {
    const count = this.#before.length;
    const begun = this.#used - count;
    this.#hasBegun ||= begun > 0;
    if (begun > 0) this.#functions.flushSessions(0, count + 1, begun);
    for (const { now, before } of this.#kept) now.set(before);
    this.#functions.setNatMax(count + most);
  }

  /** Sessions that have begun after the first so many. */
  begunAfter(count: number): readonly Session[] {
    const begun: Session[] = [];
    for (let number = count; number < this.#used; number++) begun.push(...this.#sessionAt(number));
    return begun;
  }

  /** Looks whether all places in the table of keys are those of sessions that are there. @throws Finding */
  checkPlaces(): void {
    this.restore();
    if (!this.#hasBegun) return;
    this.#hasBegun = false;
    const now = this.#takenPlaces();
    if (now.length === this.#places.length && now.every((place, i) => place === this.#places[i])) return;
    throw new Finding(
      'tables stand still',
      `${now.length} places of sessions are taken, not ${this.#places.length}, when all are gone that have begun`,
    );
  }

  get #used(): number {
    const { view } = this.#bench;
    return view.getUint32(this.#bench.region('NAT_STATE') + USED, true);
  }

  #sessionAt(number: number): readonly Session[] {
    const { view } = this.#bench;
    const at = this.#bench.region('NAT_SESSIONS') + number * RECORD_BYTES;
    if (view.getUint8(at + LIVE) === 0) return [];
    const end = (address: number, port: number) => ({
      address: view.getUint32(at + address),
      port: view.getUint16(at + port),
    });
    const ends = { inside: end(0, 12), outside: end(4, 14), remote: end(8, 16) };
    return [{ port: this.#port, protocol: view.getUint8(at + PROTOCOL), ...ends }];
  }

  #takenPlaces(): readonly number[] {
    const { buffer } = this.#bench.memory;
    const words = new Uint32Array(buffer, this.#bench.region('NAT_PLACES'), NAT_PLACES_BYTES / 4);
    const taken: number[] = [];
    for (let i = 0; i < words.length; i++) if (words[i] !== 0) taken.push(i);
    return taken;
  }

  #bytesOf(region: string, bytes: number): Uint8Array {
    return new Uint8Array(this.#bench.memory.buffer, this.#bench.region(region), bytes);
  }
}

/** Bytes of a table, and what they were. */
interface Kept {
  readonly now: Uint8Array;
  readonly before: Uint8Array;
}
