import type { Attachment } from '../../features/attachment/index.ts';
import { keyOf } from '../../kube/object.ts';
import { Memo } from './memo.ts';

/** The attachments of one node, and how many there are of each network. */
export interface NodeGroup {
  readonly attachments: readonly Attachment[];
  readonly counts: ReadonlyMap<string, number>;
}

/** Sorts attachments by node; a node whose attachments are the same has the same group again. */
export class AttachmentGroups {
  readonly #groups = new Memo<NodeGroup>();
  readonly #compiled = new Memo<ReadonlyMap<string, NodeGroup>>();

  group(attachments: readonly Attachment[]): ReadonlyMap<string, NodeGroup> {
    return this.#compiled.get('', attachments, () => {
      const byNode = Map.groupBy(attachments, ({ spec }) => spec.node);
      this.#groups.keep(byNode);
      return new Map([...byNode].map(([node, list]) => [node, this.#groupOf(node, list)]));
    });
  }

  #groupOf(node: string, attachments: readonly Attachment[]): NodeGroup {
    return this.#groups.get(node, attachments, () => ({
      attachments: inOrder(attachments),
      counts: countByNetwork(attachments),
    }));
  }
}

/** Where two want one address, the first by name has it. */
function inOrder(attachments: readonly Attachment[]): readonly Attachment[] {
  const keyed = attachments.map((attachment) => ({ key: keyOf(attachment), attachment }));
  return keyed.sort((left, right) => (left.key < right.key ? -1 : 1)).map(({ attachment }) => attachment);
}

function countByNetwork(attachments: readonly Attachment[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { spec } of attachments) counts.set(spec.network, (counts.get(spec.network) ?? 0) + 1);
  return counts;
}
