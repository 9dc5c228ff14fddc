/** Something that is not as it should be, and lasts. */
export interface Trouble {
  /** What it is about, and the name of that: "worker" "0", "stage" "ip4-forward", "datapath" "build/datapath.wasm". */
  readonly about: 'worker' | 'stage' | 'datapath';
  readonly name: string;
  /** In words. */
  readonly text: string;
  /** Since when, in milliseconds since 1970. */
  readonly sinceMs: number;
}

/** What is wrong with the router now: shown by its health. */
export class Troubles {
  readonly #troubles = new Map<string, Trouble>();
  readonly #listeners: (() => void)[] = [];

  /** Begins a trouble, or says it in other words. */
  begin(about: Trouble['about'], name: string, text: string): void {
    const sinceMs = this.find(about, name)?.sinceMs ?? Date.now();
    this.#troubles.set(`${about} ${name}`, { about, name, text, sinceMs });
    this.#tell();
  }

  /** Ends a trouble, if there is one. */
  end(about: Trouble['about'], name: string): void {
    if (this.#troubles.delete(`${about} ${name}`)) this.#tell();
  }

  find(about: Trouble['about'], name: string): Trouble | undefined {
    return this.#troubles.get(`${about} ${name}`);
  }

  /** All of them, the oldest first. */
  get list(): readonly Trouble[] {
    return [...this.#troubles.values()];
  }

  /** Calls this whenever one begins or ends. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
