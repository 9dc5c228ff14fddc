import type { Attachment } from '../../features/attachment/index.ts';
import { type Problem, problem } from '../../kube/object.ts';
import type { NodeGroup } from './attachments-by-node.ts';

const shownNodes = 3;

/** Sorts problems by object. What is the same on several nodes is one reason that names the first of them. */
export function failuresOf(problems: readonly Problem[]): ReadonlyMap<string, readonly string[]> {
  const byObject = Map.groupBy(problems, ({ object }) => object);
  const sorted = [...byObject].sort(([left], [right]) => (left < right ? -1 : 1));
  return new Map(sorted.map(([object, found]) => [object, foldNodes(found.map(({ reason }) => reason))]));
}

/** "on a: X", "on b: X" → "on a, b: X" */
function foldNodes(reasons: readonly string[]): readonly string[] {
  const nodesByReason = new Map<string, string[]>();
  for (const text of reasons) {
    const [, node, reason = text] = /^on (\S+): (.*)$/s.exec(text) ?? [];
    const nodes = nodesByReason.get(reason) ?? [];
    nodesByReason.set(reason, nodes);
    if (node !== undefined) nodes.push(node);
  }
  return [...nodesByReason].map(([reason, nodes]) =>
    nodes.length === 0 ? reason : `on ${named(nodes)}: ${reason}`,
  );
}

function named(nodes: readonly string[]): string {
  const more = nodes.length - shownNodes;
  return `${nodes.slice(0, shownNodes).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** Attachments of nodes that have no router. */
export function strayAttachments(
  groups: ReadonlyMap<string, NodeGroup>,
  nodes: { has(node: string): boolean },
): readonly Problem[] {
  const stray = [...groups].filter(([node]) => !nodes.has(node));
  return stray.flatMap(([node, { attachments }]) =>
    attachments.map((attachment) => withoutRouter(attachment, node)),
  );
}

function withoutRouter(attachment: Attachment, node: string): Problem {
  return problem(attachment, `expected a node with a router, got ${node}: no VRouter works there`);
}
