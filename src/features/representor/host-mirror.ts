import { changesBetween, type HostSetting, type IpCommand } from './host-settings.ts';
import type { IpFailure } from './ip-batch.ts';
import { PROTOCOL } from './mirror.ts';

/** Brings the host from one state to the next, and remembers which it is in. */
export class HostMirror {
  readonly #run: (commands: readonly IpCommand[]) => Promise<readonly IpFailure[]>;
  readonly #onFailure: (failure: IpFailure) => void;
  #now: readonly HostSetting[] = [];
  #last: Promise<boolean> = Promise.resolve(true);

  constructor(options: {
    readonly run: (commands: readonly IpCommand[]) => Promise<readonly IpFailure[]>;
    readonly onFailure: (failure: IpFailure) => void;
  }) {
    this.#run = options.run;
    this.#onFailure = options.onFailure;
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
