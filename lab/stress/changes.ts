import { setTimeout as delay } from 'node:timers/promises';

import type { Host } from '../host.ts';
import type { Router } from '../router.ts';
import { type Api, openApi } from './api.ts';
import { Findings, type Outcome } from './outcome.ts';

/** Whom next hops lead to: a host, as far as it matters here. */
export type Station = Pick<Host, 'label' | 'mac'> & { readonly plan: { readonly network?: number } };

/** How many table changes, and for how long. */
export interface ChangePlan {
  readonly seconds: number;
  readonly perSecond: number;
}

/**
 * Changes the tables through the API as fast as is asked for: routes in streams of batches, next hops and addresses
 * one by one, all added and deleted again. At the end everything is as it was.
 */
export async function stressChanges(router: Router, through: Station, plan: ChangePlan): Promise<Outcome> {
  const findings = new Findings();
  using routes = openApi(router.socket);
  using others = openApi(router.socket);
  await prepare(routes, through);
  const run = { endMs: performance.now() + plan.seconds * 1000 };
  const startMs = performance.now();
  const [routeChanges, otherChanges] = await Promise.all([
    changeRoutes(routes, plan, run),
    changeNextHops(others, through, run),
  ]);
  const perSecond = Math.round(((routeChanges + otherChanges) * 1000) / (performance.now() - startMs));
  await cleanUp(routes);
  findings.note('table changes per second', perSecond);
  findings.note('of them next hops and addresses', Math.round(otherChanges / plan.seconds));
  findings.expect(
    perSecond >= plan.perSecond * 0.95,
    `expected ${plan.perSecond} changes a second, got ${perSecond}`,
  );
  return findings;
}

const batchRoutes = 5000;
const members = 8;

interface Run {
  readonly endMs: number;
}

async function prepare({ nextHops }: Api, through: Station): Promise<void> {
  for (let index = 0; index < members; index++) {
    const address = `10.${through.plan.network}.0.${100 + index}`;
    await nextHops.addNexthop({
      id: 500 + index,
      kind: { case: 'l3', value: { iface: through.label, address, mac: through.mac } },
    });
  }
}

async function cleanUp({ nextHops }: Api): Promise<void> {
  for (let index = 0; index < members; index++) await nextHops.deleteNexthop({ id: 500 + index });
}

/** Adds routes of both families in batches, a second's worth, replaces them, deletes them, and begins again. */
async function changeRoutes({ routes }: Api, plan: ChangePlan, { endMs }: Run): Promise<number> {
  const startMs = performance.now();
  let changes = 0;
  const paced = async function* <T>(batches: readonly T[]) {
    for (const batch of batches) {
      yield batch;
      changes += batchRoutes;
      const aheadMs = (changes / plan.perSecond) * 1000 - (performance.now() - startMs);
      if (aheadMs > 0) await delay(aheadMs);
    }
  };
  const count = Math.ceil(plan.perSecond / batchRoutes / 2);
  const batches = [...batchesOf('ipv4', count), ...batchesOf('ipv6', count)];
  while (performance.now() < endMs) {
    for (const shift of [0, 1]) {
      const { failed } = await routes.addRoutes(
        paced(batches.map((batch) => ({ ...batch, nexthopIds: [500 + shift] }))),
      );
      if (failed > 0) throw new Error(`expected all routes to be added, ${failed} were not`);
    }
    const { failed } = await routes.deleteRoutes(paced(batches));
    if (failed > 0) throw new Error(`expected all routes to be deleted, ${failed} were not`);
  }
  return changes;
}

function batchesOf(family: 'ipv4' | 'ipv6', count: number) {
  return Array.from({ length: count }, (_, batch) => ({
    family,
    prefixes: records(family, batch * batchRoutes),
  }));
}

/** Records of prefixes in 20.0.0.0/8 (/24, and /28 in some) and in 2001:db8::/32 (/48), address and length. */
function records(family: 'ipv4' | 'ipv6', first: number): Uint8Array {
  const size = family === 'ipv4' ? 5 : 17;
  const bytes = new Uint8Array(batchRoutes * size);
  const view = new DataView(bytes.buffer);
  for (let index = 0; index < batchRoutes; index++) {
    const [at, number] = [index * size, first + index];
    if (family === 'ipv4') view.setUint32(at, ((20 << 24) | (number << 8) | (number % 16 ? 0 : 0x40)) >>> 0);
    else view.setUint32(at, 0x20010db8);
    if (family === 'ipv6') view.setUint16(at + 4, number % 65536);
    bytes[at + size - 1] = family === 'ipv6' ? 48 : number % 16 ? 24 : 28;
  }
  return bytes;
}

/** Adds and deletes neighbours, groups and addresses, some at once. */
async function changeNextHops(
  { nextHops, addresses }: Api,
  through: Station,
  { endMs }: Run,
): Promise<number> {
  const { label, mac, plan } = through;
  const ids = Array.from({ length: 32 }, (_, index) => 600 + index);
  let changes = 0;
  while (performance.now() < endMs) {
    const station = (id: number) => ({ iface: label, address: `10.${plan.network}.0.${id - 480}`, mac });
    await Promise.all(ids.map((id) => nextHops.addNexthop({ id, kind: { case: 'l3', value: station(id) } })));
    const group = ids.map((id) => ({ id, weight: 1 }));
    await nextHops.addNexthop({ id: 700, kind: { case: 'group', value: { members: group } } });
    await addresses.addAddress({ iface: label, address: '10.77.0.1/24' });
    await nextHops.deleteNexthop({ id: 700 });
    await Promise.all(ids.map((id) => nextHops.deleteNexthop({ id })));
    await addresses.deleteAddress({ iface: label, address: '10.77.0.1/24' });
    changes += 2 * ids.length + 4;
  }
  return changes;
}
