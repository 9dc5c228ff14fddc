import assert from 'node:assert/strict';
import { eventually } from '../../eventually.ts';
import { assertPings } from '../../witness/ping.ts';
import type { Lab, LabCheck } from './check.ts';
import { hostOf, isKernel, nameOf, type Pair, pairsOf, wayOf } from './pairs.ts';

/** The largest packet of a network fits between its nodes, a larger one is cut, or refused where it must not be. */
export function sizeChecks(lab: Lab): readonly LabCheck[] {
  return onePairOfEachWay(lab).map(({ pair, encapsulation }) => ({
    name: `sizes in ${encapsulation}: ${nameOf(pair.from)} ↔ ${nameOf(pair.to)}`,
    look: () => sizesOf(pair),
  }));
}

function onePairOfEachWay(lab: Lab) {
  const found = new Map<string, Pair>();
  for (const pair of pairsOf(lab)) {
    const way = wayOf(lab, pair);
    if (way?.kind === 'tunnel' && isKernel(pair.to) && !found.has(way.encapsulation))
      found.set(way.encapsulation, pair);
  }
  return [...found].map(([encapsulation, pair]) => ({ encapsulation, pair }));
}

async function sizesOf({ from, to }: Pair): Promise<string> {
  const { mtu, name } = from.iface;
  const { ip4, ip6 } = to.iface;
  assert.ok(mtu && ip4 && ip6, 'expected an MTU and addresses of both families');
  const host = hostOf(from);
  for (const [address, headers] of [
    [ip4, 28],
    [ip6, 48],
  ] as const) {
    await assertPings(host, address, `-M do -s ${mtu - headers}`);
    await assertPings(host, address, `-s ${2 * mtu}`);
  }
  // The pod is let send more than its network takes, so that the router has to refuse it.
  await host.attempt(`ip link set ${name} mtu ${mtu + 20}`);
  try {
    await eventually(async () => {
      const { stdout } = await host.attempt(`ping -n -c 1 -W 1 -M do -s ${mtu - 28 + 1} ${ip4}`);
      assert.match(stdout, new RegExp(`Frag needed and DF set \\(mtu = ${mtu}\\)`));
    });
  } finally {
    await host.attempt(`ip link set ${name} mtu ${mtu}; ip route flush cache`);
  }
  return `${mtu} bytes fit, ${mtu + 1} must be cut, ${2 * mtu} arrive in pieces`;
}
