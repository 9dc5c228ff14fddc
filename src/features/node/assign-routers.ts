import { keyOf, type Problem, problem } from '../../kube/object.ts';
import type { NodeIndex } from './selection.ts';
import type { VRouter } from './vrouter-object.ts';

/** Which VRouter each node has, by the node's name. */
export interface Assigned {
  readonly routers: ReadonlyMap<string, VRouter>;
  readonly problems: readonly Problem[];
}

/** Gives each node the VRouter that selects it; where two do, the first by name has it. */
export function assignRouters(nodes: NodeIndex, vrouters: readonly VRouter[]): Assigned {
  const routers = new Map<string, VRouter>();
  const problems: Problem[] = [];
  for (const vrouter of vrouters) {
    const taken: string[] = [];
    for (const { metadata } of nodes.select(vrouter.spec)) {
      if (routers.has(metadata.name)) taken.push(metadata.name);
      else routers.set(metadata.name, vrouter);
    }
    problems.push(...complaints(vrouter, { taken, unknown: nodes.unknown(vrouter.spec), routers }));
  }
  return { routers, problems };
}

interface Complaints {
  readonly taken: readonly string[];
  readonly unknown: readonly string[];
  readonly routers: ReadonlyMap<string, VRouter>;
}

function* complaints(vrouter: VRouter, { taken, unknown, routers }: Complaints): Iterable<Problem> {
  const { nodes, nodeSelector } = vrouter.spec;
  if (nodes !== undefined && nodeSelector !== undefined)
    yield problem(vrouter, 'expected nodes or nodeSelector, got both: nodeSelector counts');
  for (const name of unknown) yield problem(vrouter, `expected the name of a node in nodes, got ${name}`);
  for (const name of taken) {
    const other = routers.get(name);
    const has = other === undefined ? 'another' : keyOf(other);
    yield problem(vrouter, `expected one VRouter for node ${name}, got a second one: ${has} has it`);
  }
}
