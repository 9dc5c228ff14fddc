import type { Troubles } from './troubles.ts';

/** What keeps a build from running again after another one has failed: health says it for as long as that lasts. */
export class RollbackTrouble {
  readonly #troubles: Pick<Troubles, 'begin' | 'end'>;
  readonly #areWorkersCurrent: () => boolean;
  #begun: { readonly name: string; readonly byWorkers: boolean } | undefined;

  constructor(options: {
    readonly troubles: Pick<Troubles, 'begin' | 'end'>;
    /** Whether all workers run the module that they were told to. */
    readonly areWorkersCurrent: () => boolean;
  }) {
    this.#troubles = options.troubles;
    this.#areWorkersCurrent = options.areWorkersCurrent;
  }

  /** Says that a build goes on which was to go: its tables cannot be left. It lasts until another swap. */
  beginWithTables(name: string, text: string): void {
    this.#begin({ name, byWorkers: false }, text);
  }

  /** Says that workers have not gone back to a build, unless they just have. It lasts until they do, or are gone. */
  beginWithWorkers(name: string, text: string): void {
    if (!this.#areWorkersCurrent()) this.#begin({ name, byWorkers: true }, text);
  }

  /** Takes word that workers have gone on with a module, or are gone. */
  noteWorkers(): void {
    if (this.#begun?.byWorkers && this.#areWorkersCurrent()) this.end();
  }

  /** Ends it, if there is one: another build has taken over. */
  end(): void {
    if (this.#begun) this.#troubles.end('datapath', this.#begun.name);
    this.#begun = undefined;
  }

  #begin(begun: { readonly name: string; readonly byWorkers: boolean }, text: string): void {
    this.end();
    this.#begun = begun;
    this.#troubles.begin('datapath', begun.name, text);
  }
}
