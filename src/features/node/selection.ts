import type { Node } from './node-object.ts';

/** Which nodes an object is for: those of a list, those with some labels, or all. */
export interface NodeSelection {
  readonly nodes?: readonly string[] | undefined;
  readonly nodeSelector?: Readonly<Record<string, string>> | undefined;
}

/** Finds nodes by name and by label. */
export class NodeIndex {
  readonly byName: ReadonlyMap<string, Node>;
  readonly #byLabel: ReadonlyMap<string, readonly Node[]>;

  constructor(nodes: readonly Node[]) {
    this.byName = new Map(nodes.map((node) => [node.metadata.name, node]));
    const labelled = nodes.flatMap((node) => labelsOf(node).map(([key, value]) => ({ key, value, node })));
    this.#byLabel = groupNodes(labelled);
  }

  /** Gives the nodes that an object is for, in order of their names. */
  select(selection: NodeSelection): readonly Node[] {
    const { nodes, nodeSelector } = selection;
    if (nodeSelector !== undefined) return this.#withLabels(nodeSelector);
    if (nodes === undefined) return [...this.byName.values()];
    return [...new Set(nodes)].sort().flatMap((name) => this.byName.get(name) ?? []);
  }

  /** Gives the names in a list that no node has. */
  unknown(selection: NodeSelection): readonly string[] {
    return (selection.nodes ?? []).filter((name) => !this.byName.has(name));
  }

  #withLabels(wanted: Readonly<Record<string, string>>): readonly Node[] {
    const [first, ...rest] = Object.entries(wanted);
    if (first === undefined) return [...this.byName.values()];
    const candidates = this.#byLabel.get(first.join('=')) ?? [];
    return candidates.filter((node) => rest.every(([key, value]) => node.metadata.labels?.[key] === value));
  }
}

function labelsOf(node: Node): readonly (readonly [string, string])[] {
  return Object.entries(node.metadata.labels ?? {});
}

function groupNodes(
  labelled: readonly { readonly key: string; readonly value: string; readonly node: Node }[],
): ReadonlyMap<string, readonly Node[]> {
  const groups = new Map<string, Node[]>();
  for (const { key, value, node } of labelled) {
    const label = `${key}=${value}`;
    const group = groups.get(label);
    if (group === undefined) groups.set(label, [node]);
    else group.push(node);
  }
  return groups;
}
