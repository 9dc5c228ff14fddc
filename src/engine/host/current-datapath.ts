import type { DatapathInfo } from '../compiler/compile.ts';
import type { Graph } from '../compiler/graph.ts';
import type { Datapath } from './datapath.ts';

/** The datapath that runs now. Who holds it, its description or its graph sees the next one when that takes over. */
export class CurrentDatapath implements Datapath {
  readonly info: DatapathInfo;
  #now: Datapath;

  constructor(first: Datapath) {
    this.#now = first;
    const now = () => this.#now.info;
    const graph: Graph = {
      get nodes() {
        return now().graph.nodes;
      },
      get stageCount() {
        return now().graph.stageCount;
      },
      get firstDrop() {
        return now().graph.firstDrop;
      },
    };
    this.info = {
      graph,
      get regions() {
        return now().regions;
      },
      get layout() {
        return now().layout;
      },
      get tables() {
        return now().tables;
      },
      get shapes() {
        return now().shapes;
      },
      get places() {
        return now().places;
      },
    };
  }

  get module(): Datapath['module'] {
    return this.#now.module;
  }

  /** The datapath of now, which stays what it is. */
  get fixed(): Datapath {
    return this.#now;
  }

  replace(next: Datapath): void {
    this.#now = next;
  }
}
