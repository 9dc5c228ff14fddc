import { readFileSync } from 'node:fs';
import type { NodePlan, Way } from '../../../src/features/plan/index.ts';
import { attempt } from '../../command.ts';
import { shellInside } from '../inside.ts';
import type { AttachedInterface, AttachedPod } from '../record.ts';
import type { Lab } from './check.ts';

/** A pod's interface. */
export interface Station {
  readonly pod: AttachedPod;
  readonly iface: AttachedInterface;
}

/** Two interfaces in the same network; the first is the kernel's, so that one can ping from it. */
export interface Pair {
  readonly from: Station;
  readonly to: Station;
}

export function stationsOf({ record }: Lab): readonly Station[] {
  return record.pods.flatMap((pod) => pod.interfaces.map((iface) => ({ pod, iface })));
}

/** Every two interfaces of a network once. */
export function pairsOf(lab: Lab): readonly Pair[] {
  const all = stationsOf(lab);
  return all.flatMap((one, index) =>
    all.slice(index + 1).flatMap((other) => {
      if (one.iface.network !== other.iface.network || one.pod === other.pod) return [];
      if (isKernel(one)) return [{ from: one, to: other }];
      return isKernel(other) ? [{ from: other, to: one }] : [];
    }),
  );
}

export function isKernel({ iface }: Station): boolean {
  return iface.kind === 'veth' || iface.kind === 'tap';
}

/** Where commands are run as in a pod. */
export function hostOf({ pod }: Station) {
  return { attempt: (line: string) => attempt(shellInside(pod.namespace, line)) };
}

export function nameOf({ pod, iface }: Station): string {
  return `${pod.name} (${pod.interfaces.length > 1 ? `${iface.name}, ` : ''}${iface.kind})`;
}

export function planOf({ place }: Lab, node: string): NodePlan {
  return JSON.parse(readFileSync(place.node(node).plan, 'utf8'));
}

/** How packets of a network travel from the first to the second, as the plan has it; undefined on one node. */
export function wayOf(lab: Lab, { from, to }: Pair): Way | undefined {
  if (from.pod.node === to.pod.node) return undefined;
  const plan = planOf(lab, from.pod.node);
  const { vrf } = plan.networks.find(({ name }) => name === from.iface.network) ?? {};
  const routes = plan.vrfs.find(({ name }) => name === vrf)?.routes ?? [];
  return routes.find((route) => route.node === to.pod.node && !route.prefix.includes(':'))?.way;
}
