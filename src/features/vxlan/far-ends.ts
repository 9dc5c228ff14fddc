import { ApiError } from '../../engine/api-error.ts';
import type { Router } from '../../engine/host/router.ts';
import { formatAddress, type IpAddress } from '../../net/address.ts';
import { MAX_KEYS } from './layout.ts';
import { endWords } from './vxlan.ts';

/** A far end of tunnels. */
export interface FarEnd {
  readonly address: IpAddress;
  /** What the datapath calls it: a number that is never given to another one. */
  readonly name: number;
}

/** The router's services that tables of tunnels need. */
export type TunnelRouter = Pick<Router, 'tables' | 'quiet' | 'emit'> & {
  readonly log: Pick<Router['log'], 'warn' | 'error'>;
};

/** The far ends of all tunnels: those that users name, and those that datagrams have come from, which age. */
export class FarEnds {
  readonly #router: TunnelRouter;
  readonly #table: Table;
  readonly #byAddress = new Map<string, Kept>();
  readonly #byName = new Map<number, Kept>();
  readonly #nowMs: () => number;
  #saidFull = false;

  constructor(router: TunnelRouter, nowMs: () => number) {
    this.#router = router;
    this.#nowMs = nowMs;
    this.#table = router.tables<Table>([
      'putFarEnd',
      'restoreFarEnd',
      'retireFarEnd',
      'freeFarEnd',
      'farEndUsed',
    ]);
  }

  /** How many there are that users name, and that were learnt. */
  get counts(): { readonly static: number; readonly learn: number } {
    const learnt = [...this.#byName.values()].filter(({ users }) => users === 0).length;
    return { static: this.#byName.size - learnt, learn: learnt };
  }

  /** Writes all of them again for a build that has them elsewhere; their names stay, as stations know them by these. */
  rewrite(): void {
    for (const { address, low, high, name } of this.#byName.values())
      if (this.#table.restoreFarEnd(low, high, name) === 0)
        throw new Error(`there is no room for the far end ${formatAddress(address)}`);
  }

  /** Finds one by its name. */
  find(name: number): FarEnd | undefined {
    return this.#byName.get(name);
  }

  /** Counts a user of the far end with an address: it does not age while it has any. @throws ApiError ENOSPC */
  hold(doing: string, address: IpAddress): FarEnd {
    const farEnd = this.named(doing, address);
    this.use(farEnd.name);
    return farEnd;
  }

  /** The far end with an address, which is made where there is none; it ages until somebody uses it. @throws ApiError ENOSPC */
  named(doing: string, address: IpAddress): FarEnd {
    const kept = this.#byAddress.get(formatAddress(address)) ?? this.#add(address);
    if (kept) return kept;
    throw new ApiError('ENOSPC', { doing, expected: 'room for one more far end', received: 'none left' });
  }

  /** Counts a user of a far end by its name. */
  use(name: number): void {
    const kept = this.#byName.get(name);
    if (kept) kept.users += 1;
  }

  /** Takes a user back. */
  release(name: number): void {
    const kept = this.#byName.get(name);
    if (!kept) return;
    kept.users -= 1;
    kept.seenMs = this.#nowMs();
  }

  /** The far end that a datagram has come from; undefined when there are already as many as may be learnt. */
  learn(address: IpAddress): FarEnd | undefined {
    const known = this.#byAddress.get(formatAddress(address));
    if (known) return known;
    const made = this.#byName.size < MAX_LEARNT ? this.#add(address) : undefined;
    if (made) this.#router.emit({ type: 'vtep add', text: `${formatAddress(address)} origin=learn` });
    else this.#sayFull();
    return made;
  }

  /** Forgets those that nobody names and from which nothing has come for long. */
  tick(): void {
    for (const kept of [...this.#byName.values()]) {
      const seen = this.#table.farEndUsed(kept.low, kept.high);
      if (seen !== kept.seen) Object.assign(kept, { seen, seenMs: this.#nowMs() });
      if (kept.users === 0 && this.#nowMs() - kept.seenMs > AGEING_MS) this.#remove(kept);
    }
  }

  #add(address: IpAddress): Kept | undefined {
    const { low, high } = endWords(address);
    const name = this.#byName.size < MAX_KEYS ? this.#table.putFarEnd(low, high) >>> 0 : 0;
    if (name === 0) return undefined;
    const kept = { address, name, low, high, users: 0, seen: 0, seenMs: this.#nowMs() };
    this.#byAddress.set(formatAddress(address), kept);
    this.#byName.set(name, kept);
    return kept;
  }

  #remove({ address, name, low, high }: Kept): void {
    this.#byAddress.delete(formatAddress(address));
    this.#byName.delete(name);
    this.#saidFull = false;
    this.#router.emit({ type: 'vtep del', text: formatAddress(address) });
    this.#table.retireFarEnd(low, high);
    this.#router.quiet().then(
      () => this.#table.freeFarEnd(name),
      (error) => this.#router.log.error({ error }, 'the place of a far end stays taken: a worker is stuck'),
    );
  }

  #sayFull(): void {
    if (this.#saidFull) return;
    this.#saidFull = true;
    this.#router.emit({ type: 'vtep full', text: `${MAX_LEARNT} far ends are known` });
    this.#router.log.warn(
      { most: MAX_LEARNT },
      'no more far ends of tunnels are learnt: frames to them are flooded',
    );
  }
}

interface Kept extends FarEnd {
  readonly low: bigint;
  readonly high: bigint;
  users: number;
  /** What the datapath has noted of its use, and when that was another number. */
  seen: number;
  seenMs: number;
}

/** Most far ends with those that are learnt: users can name more. */
export const MAX_LEARNT = 16384;
/** How long a far end that nobody names is remembered. */
export const AGEING_MS = 600_000;

interface Table {
  putFarEnd(low: bigint, high: bigint): number;
  restoreFarEnd(low: bigint, high: bigint, name: number): number;
  retireFarEnd(low: bigint, high: bigint): number;
  freeFarEnd(name: number): void;
  farEndUsed(low: bigint, high: bigint): number;
}
