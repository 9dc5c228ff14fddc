import type { DatapathInfo } from '../../compiler/compile.ts';
import { type GraphNode, nodesOf } from '../../compiler/graph.ts';
import type { DispatchEntry } from '../dispatch.ts';

/** A node of the graph as the API shows it. */
export interface GraphStageView {
  readonly name: string;
  readonly kind: GraphNode['kind'];
  /** The feature a stage belongs to; empty for endings and drops. */
  readonly layer: string;
  /** The first sentence of its documentation. */
  readonly doc: string;
}

/** A way from a stage to a node: its own edge, or one it takes from a dispatch table. */
export interface GraphEdgeView {
  readonly from: string;
  readonly to: string;
  /** The table that leads there, empty for the stage's own edges. */
  readonly table: string;
  /** What the table leads there by, such as ethertypes. */
  readonly keys: readonly string[];
}

/** Gives the nodes and edges of the packet path, with those that features have registered in dispatch tables. */
export function viewGraph(
  { graph }: Pick<DatapathInfo, 'graph'>,
  dispatch: readonly DispatchEntry[],
): { readonly stages: readonly GraphStageView[]; readonly edges: readonly GraphEdgeView[] } {
  const nodes = nodesOf(graph);
  const stages = nodes.map(({ name, kind, layer, doc }) => ({ name, kind, layer, doc }));
  const edges = nodes.flatMap((node) => [
    ...[...new Set(node.edges)].map((to) => ({
      from: node.name,
      to: graph.nodes[to]?.name ?? '',
      table: '',
      keys: [],
    })),
    ...node.tables.flatMap((table) => tableEdges(node.name, table, dispatch)),
  ]);
  return { stages, edges };
}

function tableEdges(from: string, table: string, dispatch: readonly DispatchEntry[]): GraphEdgeView[] {
  const entries = Map.groupBy(
    dispatch.filter((entry) => entry.table === table),
    (entry) => entry.stage,
  );
  return [...entries].map(([to, group]) => ({
    from,
    to,
    table,
    keys: group.map((entry) => entry.key).sort(),
  }));
}
