import assert from 'node:assert/strict';
import { attempt } from '../../command.ts';
import { assertPings } from '../../witness/ping.ts';
import { captureIn, stopWith } from '../capture.ts';
import { shellInside } from '../inside.ts';
import type { Lab, LabCheck } from './check.ts';
import { hostOf, isKernel, nameOf, planOf, type Station, stationsOf } from './pairs.ts';

/** Pods of an external network and the world outside reach each other under their own addresses. */
export function outsideChecks(lab: Lab): readonly LabCheck[] {
  const { outside } = lab.record.topology;
  if (outside === undefined) return [];
  const addresses = outside.addresses.map((address) => address.replace(/\/.*/, ''));
  return stationsOf(lab)
    .filter((station) => isKernel(station) && isExternal(lab, station))
    .map((station) => ({
      name: `${nameOf(station)} ↔ the world outside, without NAT`,
      look: () => bothWays(lab, station, addresses),
    }));
}

function isExternal(lab: Lab, { pod, iface }: Station): boolean {
  const { networks, vrfs } = planOf(lab, pod.node);
  const vrf = networks.find(({ name }) => name === iface.network)?.vrf;
  const routes = vrfs.find(({ name }) => name === vrf)?.routes ?? [];
  return routes.some(({ way }) => way.kind === 'vrf' && way.vrf === 'main');
}

async function bothWays(lab: Lab, station: Station, addresses: readonly string[]): Promise<string> {
  const outside = { attempt: (line: string) => attempt(shellInside(lab.place.outside, line)) };
  const { ip4, ip6 } = station.iface;
  await using capture = await captureIn(lab.place.outside, 'eth0', 'icmp or icmp6');
  for (const address of addresses) await assertPings(hostOf(station), address);
  for (const address of [ip4, ip6]) if (address !== undefined) await assertPings(outside, address);
  await stopWith(capture, 24);
  const sources = await capture.dissected('icmp.type == 8 || icmpv6.type == 128', ['ip.src', 'ipv6.src']);
  const seen = new Set(sources.map((line) => line.trim()));
  for (const address of [ip4, ip6]) assert.ok(address === undefined || seen.has(address), [...seen].join());
  return `questions of ${[ip4, ip6].join(' and ')} arrive as such`;
}
