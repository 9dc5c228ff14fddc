import type { Steps } from './interface-table.ts';
import { INTERFACE_PLACES } from './layout.ts';

/** A stage that looks at what interfaces receive before their mode does, or at what they send before their type does. */
export interface InterfaceStep {
  readonly way: Way;
  /** Steps look in the order of their places, 0 to INTERFACE_PLACES - 1 (README.md); each has a place of its own. */
  readonly place: number;
  /** It hands what it lets pass on to `nodeAfterInput` or `nodeAfterOutput` of its place. */
  readonly stage: string;
}

type Way = 'input' | 'output';

const NONE: Steps = new Map();

/** Which steps there are, and which interfaces use them. */
export class InterfaceSteps {
  readonly #node: (stage: string) => number;
  readonly #byStage = new Map<string, InterfaceStep>();
  readonly #used = {
    input: new Map<number, Map<number, number>>(),
    output: new Map<number, Map<number, number>>(),
  };

  /** @param node number of a stage */
  constructor(node: (stage: string) => number) {
    this.#node = node;
  }

  /** Adds a step. @throws Error where its place is taken, or is none */
  define(step: InterfaceStep): void {
    if (step.place < 0 || step.place >= INTERFACE_PLACES)
      throw new Error(
        `the place of ${step.stage}: expected 0 to ${INTERFACE_PLACES - 1}, received ${step.place}`,
      );
    for (const { way, place, stage } of this.#byStage.values())
      if (way === step.way && place === step.place)
        throw new Error(
          `the place of ${step.stage}: expected one that is free, received ${place} of ${stage}`,
        );
    this.#byStage.set(step.stage, step);
  }

  /** Lets an interface use a step or not. @throws Error where there is no such step */
  use(id: number, stage: string, used: boolean): void {
    const step = this.#byStage.get(stage);
    if (!step) throw new Error(`expected the stage of a step, received ${stage}`);
    const { way, place } = step;
    const steps = this.#used[way].get(id) ?? new Map<number, number>();
    this.#used[way].set(id, steps);
    if (used) steps.set(place, this.#node(stage));
    else steps.delete(place);
  }

  /** The nodes of the steps that an interface uses, by place. */
  of(id: number, way: Way): Steps {
    return this.#used[way].get(id) ?? NONE;
  }

  /** Forgets what an interface used. */
  forget(id: number): void {
    this.#used.input.delete(id);
    this.#used.output.delete(id);
  }
}
