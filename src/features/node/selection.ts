import { keyOf } from '../../kube/object.ts';
import type { Node } from './node-object.ts';

/** Which nodes an object is for: those of a list, those with some labels, or all. */
export interface NodeSelection {
  readonly nodes?: readonly string[] | undefined;
  readonly nodeSelector?: Readonly<Record<string, string>> | undefined;
}

/** Finds nodes by name and by label. Nodes come in order of their names. */
export class NodeIndex {
  readonly byName: ReadonlyMap<string, Node>;
  readonly #nodes: readonly Node[];
  readonly #byLabel: LabelGroups;

  /** Nodes that were in another index are not looked at again. */
  constructor(nodes: readonly Node[], before?: NodeIndex) {
    this.#nodes = nodes;
    this.byName = namedNodes(nodes);
    this.#byLabel = regrouped(before === undefined ? new Map() : before.#byLabel, {
      gone: before === undefined ? [] : before.#nodes.filter((node) => !this.#has(node)),
      come: before === undefined ? nodes : nodes.filter((node) => !before.#has(node)),
    });
  }

  /**
   * Gives the nodes that an object is for, in order of their names. Those that have a label are the same list as in the
   * index before while they are the same nodes.
   */
  select(selection: NodeSelection): readonly Node[] {
    const { nodes, nodeSelector } = selection;
    if (nodeSelector !== undefined) return this.#withLabels(nodeSelector);
    if (nodes === undefined) return this.#nodes;
    return [...new Set(nodes)].sort().flatMap((name) => this.byName.get(name) ?? []);
  }

  /** Gives the names in a list that no node has. */
  unknown(selection: NodeSelection): readonly string[] {
    return (selection.nodes ?? []).filter((name) => !this.byName.has(name));
  }

  #withLabels(wanted: Readonly<Record<string, string>>): readonly Node[] {
    const [first, ...rest] = Object.entries(wanted);
    if (first === undefined) return this.#nodes;
    const candidates = this.#byLabel.get(first.join('=')) ?? [];
    if (rest.length === 0) return candidates;
    return candidates.filter((node) => rest.every(([key, value]) => node.metadata.labels?.[key] === value));
  }

  #has(node: Node): boolean {
    return this.byName.get(node.metadata.name) === node;
  }
}

function namedNodes(nodes: readonly Node[]): ReadonlyMap<string, Node> {
  const named = new Map<string, Node>();
  for (const node of nodes) named.set(node.metadata.name, node);
  return named;
}

/** Nodes by label: NAME=VALUE. */
type LabelGroups = ReadonlyMap<string, readonly Node[]>;

interface Change {
  readonly gone: readonly Node[];
  readonly come: readonly Node[];
}

/** Makes anew the groups that a change is about; others stay the same lists. */
function regrouped(before: LabelGroups, { gone, come }: Change): LabelGroups {
  const away = new Set(gone);
  const more = groupNodes(come);
  const groups = new Map(before);
  for (const label of new Set([...gone.flatMap(labelsOf), ...more.keys()])) {
    const stayed = (groups.get(label) ?? []).filter((node) => !away.has(node));
    const added = more.get(label) ?? [];
    const group = stayed.length === 0 ? added : inOrder([...stayed, ...added]);
    if (group.length === 0) groups.delete(label);
    else groups.set(label, group);
  }
  return groups;
}

function inOrder(nodes: readonly Node[]): readonly Node[] {
  return nodes.toSorted((left, right) => (keyOf(left) < keyOf(right) ? -1 : 1));
}

function labelsOf({ metadata }: Node): readonly string[] {
  return Object.entries(metadata.labels ?? {}).map(([key, value]) => `${key}=${value}`);
}

function groupNodes(nodes: readonly Node[]): LabelGroups {
  const groups = new Map<string, Node[]>();
  for (const node of nodes) {
    for (const label of labelsOf(node)) {
      const group = groups.get(label);
      if (group === undefined) groups.set(label, [node]);
      else group.push(node);
    }
  }
  return groups;
}
