import { keyOf, type Metadata } from '../../kube/object.ts';

/** Finds objects by NAMESPACE/NAME, or by NAME in all namespaces. */
export function named<Item extends { readonly metadata: Metadata }>(
  items: readonly Item[],
  name: string,
): readonly Item[] {
  return items.filter((item) => keyOf(item) === name || item.metadata.name === name);
}

/** Indents what belongs to the line before. */
export function indent(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `  ${line}`);
}

/** Says why a thing is on which nodes. */
export function selectionText(spec: {
  readonly nodes?: readonly string[];
  readonly nodeSelector?: Readonly<Record<string, string>>;
}): string {
  if (spec.nodeSelector !== undefined) {
    const labels = Object.entries(spec.nodeSelector).map(([key, value]) => `${key}=${value}`);
    return `nodes labelled ${labels.join(', ')}`;
  }
  return spec.nodes === undefined ? 'all nodes' : `the nodes ${spec.nodes.join(', ')}`;
}
