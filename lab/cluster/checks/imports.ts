import { assertNoPing, assertPings } from '../../witness/ping.ts';
import type { Lab, LabCheck } from './check.ts';
import { hostOf, isKernel, nameOf, planOf, type Station, stationsOf } from './pairs.ts';

/** Networks reach those that they import, and no others. */
export function importChecks(lab: Lab): readonly LabCheck[] {
  return strangers(lab).map(({ from, to }) =>
    isImported(lab, from, to)
      ? { name: `${nameOf(from)} ↔ ${nameOf(to)}, imported`, look: () => reach(from, to) }
      : { name: `${nameOf(from)} and ${nameOf(to)} do not see each other`, look: () => miss(from, to) },
  );
}

/** Of every two networks with different addresses, one interface each, on different nodes if there are such. */
function strangers(lab: Lab) {
  const found = new Map<string, { readonly from: Station; readonly to: Station }>();
  for (const from of stationsOf(lab).filter(isKernel))
    for (const to of stationsOf(lab)) {
      const key = `${from.iface.network} ${to.iface.network}`;
      if (from.iface.network === to.iface.network || hasOwn(lab, from, to)) continue;
      if (!found.has(key) || found.get(key)?.from.pod.node === found.get(key)?.to.pod.node)
        found.set(key, { from, to });
    }
  return [...found.values()];
}

/** Whether another's address is one that means something else here: in the own network, or in an imported one. */
function hasOwn(lab: Lab, from: Station, to: Station): boolean {
  const plan = planOf(lab, from.pod.node);
  const own = plan.networks.find(({ name }) => name === from.iface.network);
  const known = [own?.name, ...(own?.imports ?? [])].filter((name) => name !== to.iface.network);
  return stationsOf(lab).some(
    ({ iface }) => known.includes(iface.network) && iface.gateways[0] === to.iface.gateways[0],
  );
}

function isImported(lab: Lab, from: Station, to: Station): boolean {
  const network = planOf(lab, from.pod.node).networks.find(({ name }) => name === from.iface.network);
  return network?.imports.includes(to.iface.network) ?? false;
}

async function reach(from: Station, { iface }: Station): Promise<string> {
  for (const address of [iface.ip4, iface.ip6])
    if (address !== undefined) await assertPings(hostOf(from), address);
  return 'both families';
}

async function miss(from: Station, { iface }: Station): Promise<string> {
  for (const address of [iface.ip4, iface.ip6])
    if (address !== undefined) await assertNoPing(hostOf(from), address, '-c 2');
  return 'no answer in both families';
}
