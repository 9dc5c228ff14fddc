import type { HostFailure } from './host-exchange.ts';
import { changesBetween, type HostCommand, type HostSetting } from './host-settings.ts';

/** How a host is spoken to. */
export interface HostWays {
  /** Tells it one thing after another; resolves to what it has refused. */
  readonly tell: (commands: readonly HostCommand[]) => Promise<readonly HostFailure[]>;
  /** What removes all that a router has left which was killed: rules, as all else of it went with its devices. */
  readonly removal: () => Promise<readonly HostCommand[]>;
  readonly onFailure: (failure: HostFailure) => void;
}

/**
 * Brings the host from one state to the next, and remembers which it is in. It does nothing until it is started:
 * what a router is told at its start is for its own packets first.
 */
export class HostMirror {
  readonly #ways: HostWays;
  #now: readonly HostSetting[] = [];
  readonly #started = Promise.withResolvers<boolean>();
  #last: Promise<boolean> = this.#started.promise;

  constructor(ways: HostWays) {
    this.#ways = ways;
  }

  /** Does what was asked for until now, and from now on everything at once. */
  start(): void {
    this.#started.resolve(true);
  }

  /** Removes what a router has left which was killed. */
  async forgetThePast(): Promise<void> {
    await this.#next(async () => this.#attempt(await this.#ways.removal()));
  }

  /** Makes the host so. */
  async become(settings: readonly HostSetting[]): Promise<void> {
    const commands = changesBetween(this.#now, settings);
    this.#now = settings;
    if (commands.length > 0) await this.do(commands);
  }

  /** Says something beside the state, behind what was asked for before; false when some of it was refused. */
  do(commands: readonly HostCommand[]): Promise<boolean> {
    return this.#next(() => this.#attempt(commands));
  }

  #next(work: () => Promise<boolean>): Promise<boolean> {
    this.#last = this.#last.then(work);
    return this.#last;
  }

  async #attempt(commands: readonly HostCommand[]): Promise<boolean> {
    const failures = await this.#ways.tell(commands);
    for (const failure of failures) this.#ways.onFailure(failure);
    return failures.length === 0;
  }
}
