import { setTimeout as delay } from 'node:timers/promises';
import { run } from '../command.ts';
import type { Router } from '../router.ts';
import { openApi } from './api.ts';
import { residentMegabytes } from './footprint.ts';
import { Findings, type Outcome } from './outcome.ts';
import { RawClient, streamRequest } from './sockets.ts';

/** Lists a large table of routes to one who reads it and to many who do not, while others want answers. */
export async function stressLists(router: Router, count: number): Promise<Outcome> {
  const findings = new Findings();
  using api = openApi(router.socket);
  await api.nextHops.addNexthop({ id: 500, kind: { case: 'blackhole', value: {} } });
  const there = routeLines(await router.ctl('route show vrf main'));
  await api.routes.addRoutes(batchesOf(count, { nexthopIds: [500] }));
  const before = residentMegabytes(router.program.pid);
  const readers = await Promise.all(Array.from({ length: unread }, () => neverReads(router)));
  const listing = { done: false };
  const longest = longestAnswer(router, listing);
  const startMs = performance.now();
  // Counted by another process: this one measures how long others wait.
  const ctl = router.ctlCommand('-e', 'route', 'show', 'vrf', 'main');
  const listed = await run(['sh', '-c', '"$@" | wc -l', 'sh', ...ctl], { timeoutMs: 120_000 });
  const seconds = (performance.now() - startMs) / 1000;
  listing.done = true;
  const { longestMs, answers } = await longest;
  const more = residentMegabytes(router.program.pid) - before;
  for (const reader of readers) reader[Symbol.dispose]();
  await api.routes.deleteRoutes(batchesOf(count, {}));
  await api.nextHops.deleteNexthop({ id: 500 });
  findings.note(
    `${count} routes listed by ctl, and for ${unread} who do not read`,
    `${seconds.toFixed(1)} s`,
  );
  findings.note('longest answer meanwhile', `${Math.round(longestMs)} ms (of ${answers})`);
  findings.note('memory for it', `${more} MiB`);
  const wanted = count + there;
  findings.expect(
    Number(listed) - 1 === wanted,
    `expected ${wanted} routes to be listed, got ${Number(listed) - 1}`,
  );
  findings.expect(more < MOST_MEGABYTES, `expected at most ${MOST_MEGABYTES} MiB for lists, got ${more}`);
  findings.expect(
    longestMs < MOST_MS,
    `expected answers within ${MOST_MS} ms, one took ${Math.round(longestMs)} ms`,
  );
  return findings;
}

const unread = 50;
const MOST_MEGABYTES = 400;
/** What an answer may take: each list gets one batch in a turn, and all of them share a core with V8's collector. */
const MOST_MS = 1000;
const batchRoutes = 5000;

async function neverReads(router: Router): Promise<RawClient> {
  const client = await RawClient.open(router.socket);
  return client.stopReading().send(streamRequest('millrace.ip.v1.RouteService/ListRoutes', {}));
}

async function longestAnswer(router: Router, listing: { done: boolean }) {
  using api = openApi(router.socket);
  let [longestMs, answers] = [0, 0];
  while (!listing.done) {
    const startMs = performance.now();
    await api.interfaces.listInterfaces({});
    longestMs = Math.max(longestMs, performance.now() - startMs);
    answers++;
    await delay(5);
  }
  return { longestMs, answers };
}

/** Batches of subnets with 24 bits of 16.0.0.0/4. */
async function* batchesOf<More extends object>(count: number, more: More) {
  for (let first = 0; first < count; first += batchRoutes) {
    const routes = Math.min(batchRoutes, count - first);
    const prefixes = new Uint8Array(routes * 5);
    const view = new DataView(prefixes.buffer);
    for (let index = 0; index < routes; index++) {
      view.setUint32(index * 5, ((16 << 24) | ((first + index) << 8)) >>> 0);
      prefixes[index * 5 + 4] = 24;
    }
    yield { family: 'ipv4', prefixes, ...more };
  }
}

function routeLines(table: string): number {
  return table.trim().split('\n').length - 1;
}
