import type { Objects } from '../../features/plan/index.ts';
import { keyOf, type Metadata } from '../../kube/object.ts';
import { Memo } from './memo.ts';

type Named = { readonly metadata: Metadata };

/**
 * Puts objects in order of their names, so that the same objects give the same plans in whatever order they come.
 * Attachments stay as they are: each stands for itself.
 */
export class Order {
  readonly #nodes = new Memo<Objects['nodes']>();
  readonly #vrouters = new Memo<Objects['vrouters']>();
  readonly #networks = new Memo<Objects['networks']>();
  readonly #subnets = new Memo<Objects['subnets']>();

  of(objects: Objects): Objects {
    const { nodes, vrouters, networks, subnets, attachments } = objects;
    return {
      nodes: this.#nodes.get('', nodes, () => sorted(nodes)),
      vrouters: this.#vrouters.get('', vrouters, () => sorted(vrouters)),
      networks: this.#networks.get('', networks, () => sorted(networks)),
      subnets: this.#subnets.get('', subnets, () => sorted(subnets)),
      attachments,
    };
  }
}

function sorted<Item extends Named>(items: readonly Item[]): readonly Item[] {
  const keyed = items.map((item) => ({ key: keyOf(item), item }));
  return keyed.sort((left, right) => (left.key < right.key ? -1 : 1)).map(({ item }) => item);
}
