/** What a stress has found: figures to be read, and what should not have been. */
export interface Outcome {
  readonly figures: Readonly<Record<string, string | number>>;
  readonly faults: readonly string[];
}

/** Collects the figures and faults of a stress while it runs. */
export class Findings implements Outcome {
  readonly #figures: Record<string, string | number> = {};
  readonly #faults: string[] = [];

  get figures(): Readonly<Record<string, string | number>> {
    return this.#figures;
  }

  get faults(): readonly string[] {
    return this.#faults;
  }

  note(name: string, figure: string | number): void {
    this.#figures[name] = figure;
  }

  /** Notes a fault unless something is as it should be. */
  expect(isSo: boolean, otherwise: string): void {
    if (!isSo) this.#faults.push(otherwise);
  }

  add({ figures, faults }: Outcome): void {
    Object.assign(this.#figures, figures);
    this.#faults.push(...faults);
  }
}
