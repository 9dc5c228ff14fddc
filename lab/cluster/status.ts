import { isRunning } from './background.ts';
import type { Place } from './place.ts';
import type { LabRecord } from './record.ts';

/** What a lab is made of, and whether it runs. */
export function statusOf(place: Place, { ready, topology, processes, pods }: LabRecord) {
  return {
    lab: place.lab,
    ready,
    objects: place.objects,
    plans: place.plans,
    nodes: topology.underlay.map(({ node }) => {
      const { namespace, routerSocket, agentSocket } = place.node(node);
      return { name: node, namespace, routerSocket, agentSocket };
    }),
    processes: processes.map((each) => ({ ...each, running: isRunning(each) })),
    pods,
  };
}

export type LabStatus = ReturnType<typeof statusOf>;

/** The same for people. */
export function statusText({ lab, ready, objects, processes, nodes, pods }: LabStatus): string {
  const dead = processes.filter(({ running }) => !running);
  return [
    `lab ${lab}: ${ready ? 'ready' : 'not finished'}`,
    `objects in ${objects}`,
    '',
    table([
      ['NODE', 'NAMESPACE', 'ROUTER'],
      ...nodes.map(({ name, namespace, routerSocket }) => [name, namespace, routerSocket]),
    ]),
    table([
      ['POD', 'NODE', 'INTERFACE', 'KIND', 'NETWORK', 'IPV4', 'IPV6', 'MTU'],
      ...pods.flatMap(({ name, node, interfaces }) =>
        interfaces.map((each) => [
          name,
          node,
          each.name,
          each.kind,
          each.network,
          each.ip4 ?? '-',
          each.ip6 ?? '-',
          String(each.mtu ?? '-'),
        ]),
      ),
    ]),
    table([
      ['PROCESS', 'PID', 'LOG'],
      ...processes.map(({ name, pid, running, log }) => [name, running ? String(pid) : 'ended', log]),
    ]),
    ...dead.map(({ name, log }) => `${name} has ended: see ${log}\n`),
  ].join('\n');
}

/** Columns as wide as what is in them. */
function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return `${rows.map(line).join('\n')}\n`;
}
