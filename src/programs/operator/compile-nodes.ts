import { NodeIndex, type NodeRouter, type VRouter } from '../../features/node/index.ts';
import { assignRouters, routerOnNode } from '../../features/node/operator.ts';
import type { Objects } from '../../features/plan/index.ts';
import type { Problem } from '../../kube/object.ts';
import { referenceTo } from '../../kube/object.ts';
import { type Attempt, attempt } from './attempt.ts';
import { Memo } from './memo.ts';

/** The nodes that run a router. */
export interface CompiledNodes {
  readonly index: NodeIndex;
  /** By name, in order of names. */
  readonly routers: ReadonlyMap<string, NodeRouter>;
  readonly problems: readonly Problem[];
}

/** Turns Nodes and VRouters into routers on nodes. */
export class NodeCompiler {
  readonly #index = new Memo<NodeIndex>();
  readonly #assigned = new Memo<ReturnType<typeof assignRouters>>();
  readonly #routers = new Memo<Attempt<NodeRouter>>();
  readonly #maps = new Memo<ReadonlyMap<string, NodeRouter>>();
  readonly #compiled = new Memo<CompiledNodes>();

  compile({ nodes, vrouters }: Objects): CompiledNodes {
    const index = this.#index.get('', nodes, () => new NodeIndex(nodes));
    const assigned = this.#assigned.get('', [index, ...vrouters], () => assignRouters(index, vrouters));
    return this.#compiled.get('', [assigned], () => {
      const attempts = [...index.byName.keys()].flatMap((name) =>
        this.#attempt(name, index, assigned.routers),
      );
      this.#routers.keep(index.byName);
      return {
        index,
        routers: this.#mapOf(attempts.flatMap(({ made }) => made.value ?? [])),
        problems: [...assigned.problems, ...attempts.flatMap(complaint)],
      };
    });
  }

  /** The same map while the routers are the same, whatever else became of the nodes. */
  #mapOf(routers: readonly NodeRouter[]): ReadonlyMap<string, NodeRouter> {
    return this.#maps.get('', routers, () => new Map(routers.map((router) => [router.node, router])));
  }

  #attempt(name: string, index: NodeIndex, routers: ReadonlyMap<string, VRouter>): readonly Attempted[] {
    const node = index.byName.get(name);
    const vrouter = routers.get(name);
    if (node === undefined || vrouter === undefined) return [];
    return [
      {
        name,
        vrouter,
        made: this.#routers.get(name, [node.status?.capacity?.cpu, vrouter], () =>
          attempt(() => routerOnNode(node, vrouter)),
        ),
      },
    ];
  }
}

interface Attempted {
  readonly name: string;
  readonly vrouter: VRouter;
  readonly made: Attempt<NodeRouter>;
}

function complaint({ name, vrouter, made }: Attempted): readonly Problem[] {
  if (made.reason === undefined) return [];
  return [{ object: referenceTo(vrouter), reason: `on ${name}: ${made.reason}` }];
}
