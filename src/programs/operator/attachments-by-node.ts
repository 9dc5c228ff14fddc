import type { Attachment } from '../../features/attachment/index.ts';
import { keyOf } from '../../kube/object.ts';
import { Memo } from './memo.ts';

/** The attachments of one node, and how many there are of each network. */
export interface NodeGroup {
  readonly attachments: readonly Attachment[];
  readonly counts: ReadonlyMap<string, number>;
  /** The largest of the counts. */
  readonly most: number;
}

type Lists = ReadonlyMap<string, readonly Attachment[]>;

/** Sorts attachments by node; a node whose attachments are the same has the same group again. */
export class AttachmentGroups {
  readonly #groups = new Memo<NodeGroup>();
  #attachments: readonly Attachment[] = [];
  #lists: Lists = new Map();
  #grouped: ReadonlyMap<string, NodeGroup> = new Map();

  group(attachments: readonly Attachment[]): ReadonlyMap<string, NodeGroup> {
    if (attachments === this.#attachments) return this.#grouped;
    const change = changeBetween(this.#attachments, attachments);
    if (change.removed.length + change.added.length === 0) return this.#grouped;
    this.#lists = change.isSmall
      ? changed(this.#lists, change)
      : Map.groupBy(attachments, ({ spec }) => spec.node);
    this.#attachments = attachments;
    this.#groups.keep(this.#lists);
    this.#grouped = new Map([...this.#lists].map(([node, list]) => [node, this.#groupOf(node, list)]));
    return this.#grouped;
  }

  #groupOf(node: string, list: readonly Attachment[]): NodeGroup {
    return this.#groups.get(node, list, () => {
      const counts = countByNetwork(list);
      return { attachments: inOrder(list), counts, most: Math.max(...counts.values()) };
    });
  }
}

interface Change {
  readonly removed: readonly Attachment[];
  readonly added: readonly Attachment[];
  readonly isSmall: boolean;
}

/** What is between the same beginning and the same end: one object in a hundred thousand leaves the rest in place. */
function changeBetween(before: readonly Attachment[], now: readonly Attachment[]): Change {
  const shorter = Math.min(before.length, now.length);
  let start = 0;
  while (start < shorter && before[start] === now[start]) start++;
  let end = 0;
  while (end < shorter - start && before[before.length - 1 - end] === now[now.length - 1 - end]) end++;
  const removed = before.slice(start, before.length - end);
  const added = now.slice(start, now.length - end);
  return { removed, added, isSmall: removed.length + added.length < now.length / 100 };
}

function changed(lists: Lists, { removed, added }: Change): Lists {
  const gone = new Set(removed);
  const more = Map.groupBy(added, ({ spec }) => spec.node);
  const result = new Map(lists);
  for (const node of new Set([...removed, ...added].map(({ spec }) => spec.node))) {
    const stayed = (lists.get(node) ?? []).filter((attachment) => !gone.has(attachment));
    const list = [...stayed, ...(more.get(node) ?? [])];
    if (list.length === 0) result.delete(node);
    else result.set(node, list);
  }
  return result;
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
