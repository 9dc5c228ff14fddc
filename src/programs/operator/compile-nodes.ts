import { type Node, NodeIndex, type NodeRouter, type VRouter } from '../../features/node/index.ts';
import { assignRouters, routerOnNode } from '../../features/node/operator.ts';
import type { Objects } from '../../features/plan/index.ts';
import type { Problem } from '../../kube/object.ts';
import { referenceTo } from '../../kube/object.ts';
import { type Attempt, attempt } from './attempt.ts';
import { Memo } from './memo.ts';

/** The nodes that run a router. */
export interface CompiledNodes {
  readonly index: NodeIndex;
  /** The same list while they are the same. */
  readonly vrouters: readonly VRouter[];
  /** By name, in order of names. */
  readonly routers: ReadonlyMap<string, NodeRouter>;
  readonly problems: readonly Problem[];
}

/** Turns Nodes and VRouters into routers on nodes. */
export class NodeCompiler {
  readonly #indexes = new Memo<NodeIndex>();
  readonly #assigned = new Memo<ReturnType<typeof assignRouters>>();
  readonly #routers = new Memo<Attempt<NodeRouter>>();
  readonly #maps = new Memo<ReadonlyMap<string, NodeRouter>>();
  readonly #compiled = new Memo<CompiledNodes>();
  #index: NodeIndex | undefined;

  compile({ nodes, vrouters }: Objects): CompiledNodes {
    const index = this.#indexes.get('', nodes, () => new NodeIndex(nodes, this.#index));
    this.#index = index;
    const assigned = this.#assigned.get('', [index, ...vrouters], () => assignRouters(index, vrouters));
    return this.#compiled.get('', [assigned], () => {
      const routers: NodeRouter[] = [];
      const problems: Problem[] = [...assigned.problems];
      for (const node of index.byName.values()) {
        const vrouter = assigned.routers.get(node.metadata.name);
        if (vrouter === undefined) continue;
        const made = this.#attempt(node, vrouter);
        if (made.value !== undefined) routers.push(made.value);
        else problems.push(complaint(node, vrouter, made.reason));
      }
      this.#routers.keep(index.byName);
      return { index, vrouters, routers: this.#mapOf(routers), problems };
    });
  }

  /** The same map while the routers are the same, whatever else became of the nodes. */
  #mapOf(routers: readonly NodeRouter[]): ReadonlyMap<string, NodeRouter> {
    return this.#maps.get('', routers, () => {
      const byNode = new Map<string, NodeRouter>();
      for (const router of routers) byNode.set(router.node, router);
      return byNode;
    });
  }

  #attempt(node: Node, vrouter: VRouter): Attempt<NodeRouter> {
    return this.#routers.get(node.metadata.name, [node.status?.capacity?.cpu, vrouter], () =>
      attempt(() => routerOnNode(node, vrouter)),
    );
  }
}

function complaint({ metadata }: Node, vrouter: VRouter, reason: string): Problem {
  return { object: referenceTo(vrouter), reason: `on ${metadata.name}: ${reason}` };
}
