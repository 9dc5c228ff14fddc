import { isDeepStrictEqual } from 'node:util';
import type { NodeStatus } from '../../features/fabric/operator.ts';
import { referenceTo } from '../../kube/object.ts';
import { isRecord } from '../../kube/schema-node.ts';
import type { AnyObject } from './collect-objects.ts';

/** What the agents of nodes have made of one object, as its status has it: nodes that are fine are many, and counted. */
export interface AgentsWord {
  readonly ready: number;
  readonly failed: Readonly<Record<string, { readonly since: string; readonly reasons: readonly string[] }>>;
}

/** Gathers by object what the agents of some nodes say. */
export function agentsWords(
  statuses: readonly NodeStatus[],
  nodes: { has(node: string): boolean },
): ReadonlyMap<string, AgentsWord> {
  const words = statuses
    .filter(({ node }) => nodes.has(node))
    .flatMap(({ node, objects }) =>
      Object.entries(objects).map(([object, progress]) => ({ object, node, progress })),
    );
  const byObject = [...Map.groupBy(words, ({ object }) => object)];
  return new Map(byObject.map(([object, own]) => [object, wordOf(own)]));
}

interface Word {
  readonly node: string;
  readonly progress: NodeStatus['objects'][string];
}

function wordOf(words: readonly Word[]): AgentsWord {
  const failed = words.filter(({ progress }) => progress.state === 'failed');
  const entries = failed.map(({ node, progress: { since, reasons } }) => [node, { since, reasons }] as const);
  return { ready: words.length - failed.length, failed: Object.fromEntries(entries) };
}

/**
 * Takes out of objects what their status says of agents, so that plans never follow from what became of plans: an object
 * of which nothing else has changed is the same object as before.
 */
export class WithoutAgents {
  #before: ReadonlyMap<string, Stripped> = new Map();

  of(objects: readonly AnyObject[]): readonly AnyObject[] {
    const now = objects.map((given) => [referenceTo(given), this.#strip(given)] as const);
    this.#before = new Map(now);
    return now.map(([, { stripped }]) => stripped);
  }

  #strip(given: AnyObject): Stripped {
    const before = this.#before.get(referenceTo(given));
    if (before?.given === given) return before;
    const stripped = withoutAgents(given);
    return {
      given,
      stripped: isDeepStrictEqual(before?.stripped, stripped) && before ? before.stripped : stripped,
    };
  }
}

interface Stripped {
  readonly given: AnyObject;
  readonly stripped: AnyObject;
}

function withoutAgents(object: AnyObject): AnyObject {
  if (object.kind !== 'VirtualNetwork' && object.kind !== 'VRouter') return object;
  if (!isRecord(object.status) || !('agents' in object.status)) return object;
  const { agents: _, ...status } = object.status;
  const { status: __, ...rest } = object;
  return Object.keys(status).length === 0 ? rest : { ...rest, status };
}
