import { readFileSync } from 'node:fs';
import type { NodePlan } from '../../src/features/plan/index.ts';
import { run } from '../command.ts';
import { shellInside } from './inside.ts';
import type { NodePlace, Place } from './place.ts';
import type { Outside } from './topology.ts';

/** Links a host behind the underlay, which stands for the rest of the world. */
export async function addOutside(place: Place, { addresses, gateways }: Outside): Promise<void> {
  const [here, there] = [place.underlay, place.outside];
  const link = `link add outside type veth peer name eth0 netns ${there}`;
  await run(['ip', '-n', here, '-batch', '-'], {
    input: [
      link,
      ...gateways.map((address) => `address add ${address} dev outside`),
      'link set outside up',
    ].join('\n'),
  });
  const routes = gateways.map((gateway) => `route add default via ${gateway.replace(/\/.*/, '')}`);
  await run(['ip', '-n', there, '-batch', '-'], {
    input: [
      ...addresses.map((address) => `address add ${address} dev eth0`),
      'link set eth0 up',
      ...routes,
    ].join('\n'),
  });
  // What a veth sends is not cut into packets and has no checksums, unless it is told to.
  await run(shellInside(there, 'ethtool -K eth0 tx off gso off tso off gro off'));
}

/** Tells the underlay behind which nodes the pods of external networks are, as a routing protocol would. */
export async function routeToPods(place: Place, nodes: readonly NodePlace[]): Promise<void> {
  const lines = nodes.flatMap(({ plan }) => routesTo(JSON.parse(readFileSync(plan, 'utf8'))));
  if (lines.length > 0) await run(['ip', '-n', place.underlay, '-batch', '-'], { input: lines.join('\n') });
}

/** What leads from a node's VRF main into another one is what the world outside may reach by it. */
function routesTo({ vrfs, underlay }: NodePlan): readonly string[] {
  const routes = vrfs.find(({ name }) => name === 'main')?.routes ?? [];
  return routes.flatMap(({ prefix, way }) => {
    const via = underlay.addresses.find((address) => address.includes(':') === prefix.includes(':'));
    return way.kind === 'vrf' && via !== undefined ? [`route replace ${prefix} via ${via}`] : [];
  });
}
