import type { NodePlan, Objects } from '../../features/plan/index.ts';
import { nodePlan } from '../../features/plan/operator.ts';
import type { Problem } from '../../kube/object.ts';
import { AttachmentGroups } from './attachments-by-node.ts';
import { type NodeInputs, NodeInputsCompiler } from './compile-inputs.ts';
import { NetworkCompiler } from './compile-networks.ts';
import { NodeCompiler } from './compile-nodes.ts';
import { type Place, PlaceCompiler } from './compile-presences.ts';
import { failuresOf, strayAttachments } from './failures.ts';
import { Order } from './in-order.ts';
import { LazyMap } from './lazy-map.ts';
import { type Records, recordsOf } from './records.ts';

/** What a cluster's objects come to. */
export interface Compiled {
  /** The plan of each node that has a router; made when it is asked for, since routes of all are too many to keep. */
  readonly plans: ReadonlyMap<string, NodePlan>;
  /** What could not be honoured and why, by object: KIND NAMESPACE/NAME. */
  readonly failures: ReadonlyMap<string, readonly string[]>;
  /** What was chosen and is to be kept in the objects' status, so that it stays. */
  readonly records: Records;
  /** What each plan is made of: the same objects as in another result of the same compiler while the plan is the same. */
  readonly inputs: ReadonlyMap<string, NodeInputs>;
}

/** Turns all objects of a cluster into a plan for each node. A pure function. */
export function compile(objects: Objects): Compiled {
  return new Compiler().compile(objects);
}

/**
 * Compiles again and again: what is made of objects that are the same as last time is not made again. Each result is
 * the one that `compile` would give.
 */
export class Compiler {
  readonly #order = new Order();
  readonly #nodes = new NodeCompiler();
  readonly #networks = new NetworkCompiler();
  readonly #groups = new AttachmentGroups();
  readonly #places = new PlaceCompiler();
  readonly #inputs = new NodeInputsCompiler();

  compile(unordered: Objects): Compiled {
    const objects = this.#order.of(unordered);
    const nodes = this.#nodes.compile(objects);
    const networks = this.#networks.compile(objects);
    const groups = this.#groups.group(objects.attachments);
    const places = this.#places.compile(nodes, networks, groups);
    const { inputs, problems } = this.#inputs.compile({ nodes, networks, groups, places });
    const strays = strayAttachments(groups, nodes.routers);
    return {
      inputs,
      plans: new LazyMap(new Set(inputs.keys()), (node) => planOf(node, inputs)),
      failures: failuresOf([
        ...nodes.problems,
        ...networks.problems,
        ...placeProblems(places),
        ...problems,
        ...strays,
      ]),
      get records() {
        return recordsOf(places);
      },
    };
  }
}

/** Gives the nodes whose plans are not those of an earlier result of the same compiler, or which are gone. */
export function changedNodes(earlier: Compiled, now: Compiled): readonly string[] {
  const changed = [...now.inputs].filter(([node, inputs]) => !sameInputs(earlier.inputs.get(node), inputs));
  const gone = [...earlier.inputs.keys()].filter((node) => !now.inputs.has(node));
  return [...changed.map(([node]) => node), ...gone];
}

function sameInputs(earlier: NodeInputs | undefined, now: NodeInputs): boolean {
  return earlier?.shared === now.shared && earlier.placed === now.placed;
}

function planOf(node: string, inputs: ReadonlyMap<string, NodeInputs>): NodePlan {
  const own = inputs.get(node);
  if (own === undefined) throw new Error(`expected the name of a node with a router, got ${node}`);
  return nodePlan({ ...own.shared, placed: own.placed });
}

function placeProblems(places: ReadonlyMap<string, Place>): readonly Problem[] {
  return [...places.values()].flatMap(({ problems }) => problems);
}
