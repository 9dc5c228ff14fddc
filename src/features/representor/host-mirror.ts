import { changesBetween, type HostSetting, type IpCommand } from './host-settings.ts';
import type { IpFailure } from './ip-batch.ts';
import { PROTOCOL } from './mirror.ts';

/**
 * Brings the host from one state to the next, and remembers which it is in. It does nothing until it is started:
 * what a router is told at its start is for its own packets first.
 */
export class HostMirror {
  readonly #run: (commands: readonly IpCommand[]) => Promise<readonly IpFailure[]>;
  readonly #onFailure: (failure: IpFailure) => void;
  #now: readonly HostSetting[] = [];
  readonly #started = Promise.withResolvers<boolean>();
  #last: Promise<boolean> = this.#started.promise;

  constructor(options: {
    readonly run: (commands: readonly IpCommand[]) => Promise<readonly IpFailure[]>;
    readonly onFailure: (failure: IpFailure) => void;
  }) {
    this.#run = options.run;
    this.#onFailure = options.onFailure;
  }

  /** Does what was asked for until now, and from now on everything at once. */
  start(): void {
    this.#started.resolve(true);
  }

  /** Removes the rules that a router has left which was killed: all else of it went with its devices. */
  async forgetThePast(): Promise<void> {
    const line = `rule flush protocol ${PROTOCOL}`;
    await this.do([
      { line, ipv6: false },
      { line, ipv6: true },
    ]);
  }

  /** Makes the host so. */
  async become(settings: readonly HostSetting[]): Promise<void> {
    const commands = changesBetween(this.#now, settings);
    this.#now = settings;
    if (commands.length > 0) await this.do(commands);
  }

  /** Runs lines beside the state, behind those that were asked for before; false when one failed. */
  do(commands: readonly IpCommand[]): Promise<boolean> {
    const done = this.#last.then(() => this.#attempt(commands));
    this.#last = done;
    return done;
  }

  async #attempt(commands: readonly IpCommand[]): Promise<boolean> {
    const failures = await this.#run(commands);
    for (const failure of failures) this.#onFailure(failure);
    return failures.length === 0;
  }
}
