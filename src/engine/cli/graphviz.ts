import type { GraphEdgeJson, GraphStageJson } from '../host/api/engine_pb.js';

/** How much of the graph is drawn. */
export interface GraphView {
  readonly withDrops: boolean;
  readonly byLayers: boolean;
  readonly isCompact: boolean;
}

interface Graph {
  readonly stages: readonly GraphStageJson[];
  readonly edges: readonly GraphEdgeJson[];
}

/** Writes stages and edges as lines of the language of graphviz. */
export function graphviz(graph: Graph, view: GraphView): readonly string[] {
  const shown = graph.stages.filter((stage) => view.withDrops || stage.drop !== true);
  const names = new Set(shown.map((stage) => stage.name));
  const edges = graph.edges.filter((edge) => names.has(edge.from) && names.has(edge.to));
  return [
    'digraph millrace {',
    '  rankdir=LR;',
    '  node [shape=box];',
    ...(view.byLayers ? layerLines(shown) : shown.map((stage) => `  ${stageText(stage)}`)),
    ...new Set(edges.map((edge) => `  ${edgeText(edge, view)}`)),
    '}',
  ];
}

function layerLines(stages: readonly GraphStageJson[]): readonly string[] {
  const layers = Map.groupBy(stages, (stage) => stage.layer ?? '');
  return [...layers].flatMap(([layer, members]) => [
    `  subgraph ${quoted(`cluster_${layer}`)} {`,
    `    label=${quoted(layer)};`,
    ...members.map((stage) => `    ${stageText(stage)}`),
    '  }',
  ]);
}

function stageText({ name = '', drop, kind, disabled }: GraphStageJson): string {
  if (disabled === true) return `${quoted(name)} [style=dotted, xlabel="disabled"];`;
  if (drop === true) return `${quoted(name)} [color=red];`;
  return kind === 'ending' ? `${quoted(name)} [shape=oval];` : `${quoted(name)};`;
}

/** Edges that a dispatch table leads along are dashed. */
function edgeText({ from = '', to = '', name = '', table = '' }: GraphEdgeJson, view: GraphView): string {
  const attributes = [
    ...(table === '' ? [] : ['style=dashed']),
    ...(view.isCompact || name === '' ? [] : [`label=${quoted(name)}`]),
  ];
  const list = attributes.length === 0 ? '' : ` [${attributes.join(', ')}]`;
  return `${quoted(from)} -> ${quoted(to)}${list};`;
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
