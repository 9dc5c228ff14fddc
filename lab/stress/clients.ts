import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../eventually.ts';
import type { Router } from '../router.ts';
import { type Api, openApi, outcomeOf } from './api.ts';
import { residentMegabytes } from './footprint.ts';
import { Findings, type Outcome } from './outcome.ts';
import { http2Beginning, postRequest, RawClient, streamRequest } from './sockets.ts';

/** Connects many gRPC clients, lets all of them call at once, twice, and leaves again. */
export async function stressClients(router: Router, count: number): Promise<Outcome> {
  const findings = new Findings();
  const clients = Array.from({ length: count }, () => openApi(router.socket));
  try {
    for (const turn of ['first', 'second']) {
      const startMs = performance.now();
      const outcomes = await Promise.all(
        clients.map(({ interfaces }) => outcomeOf(interfaces.listInterfaces({}))),
      );
      const refused = outcomes.filter((outcome) => !outcome.done);
      findings.note(
        `${count} clients, ${turn} call of each`,
        `${Math.round(performance.now() - startMs)} ms`,
      );
      findings.expect(
        refused.length === 0,
        `${refused.length} of ${count} calls failed: ${JSON.stringify(refused[0])}`,
      );
    }
    findings.note(`memory with ${count} clients`, `${residentMegabytes(router.program.pid)} MiB`);
  } finally {
    for (const client of clients) client.close();
  }
  return findings;
}

/** Lets clients watch events and read none of them while many happen: the router must not keep them all. */
export async function stressSlowReaders(router: Router, count: number, changes: number): Promise<Outcome> {
  const findings = new Findings();
  using api = openApi(router.socket);
  await changeNextHops(api, 1000); // so that what is measured is not the warming up
  const watchEvents = streamRequest('millrace.engine.v1.EventService/WatchEvents', { replay: 1 });
  const before = residentMegabytes(router.program.pid);
  const readers = await Promise.all(
    Array.from({ length: count }, async () =>
      (await RawClient.open(router.socket)).stopReading().send(watchEvents),
    ),
  );
  await changeNextHops(api, changes);
  const perReader = ((await settledMegabytes(api, router)) - before) / count;
  findings.note(
    `memory for each of ${count} slow readers, ${changes} changes`,
    `${perReader.toFixed(2)} MiB`,
  );
  findings.expect(perReader < 1.5, `expected under 1.5 MiB for a slow reader, got ${perReader.toFixed(2)}`);
  const [reader] = readers;
  reader?.startReading();
  await eventually(() => {
    if (!reader?.received.includes('"events"')) throw new Error('the slow reader has got nothing');
  });
  for (const each of readers) each[Symbol.dispose]();
  return findings;
}

/** Memory that stays when V8 has collected a few times more: what it has not yet given back is nobody's. */
async function settledMegabytes(api: Api, router: Router): Promise<number> {
  let least = residentMegabytes(router.program.pid);
  for (let round = 0; round < 10; round++) {
    await changeNextHops(api, 100);
    await delay(200);
    least = Math.min(least, residentMegabytes(router.program.pid));
  }
  return least;
}

/** Connections that begin something and never end it, and connections that speak no protocol at all. */
export async function stressBrokenClients(router: Router, count: number): Promise<Outcome> {
  const findings = new Findings();
  using api = openApi(router.socket);
  const clients: RawClient[] = [];
  const startMs = performance.now();
  for (let index = 0; index < count; index++) {
    const client = await RawClient.open(router.socket);
    clients.push(client.send(beginnings[index % beginnings.length]?.() ?? ''));
    if (index % 3 === 0) client[Symbol.dispose]();
    if (index % 50 === 0) await api.interfaces.listInterfaces({}); // others are served meanwhile
  }
  await delay(100);
  const lateMs = await timeOf(() => api.interfaces.listInterfaces({}));
  findings.note(`${count} broken clients`, `${Math.round(performance.now() - startMs)} ms`);
  findings.expect(lateMs < 1000, `expected an answer within a second, it took ${Math.round(lateMs)} ms`);
  for (const client of clients) client[Symbol.dispose]();
  return findings;
}

const listInterfaces = 'millrace.interface.v1.InterfaceService/ListInterfaces';
const addRoutes = 'millrace.ip.v1.RouteService/AddRoutes';

const beginnings: readonly (() => string | Uint8Array)[] = [
  () => '',
  () => 'PR',
  () => http2Beginning,
  () => http2Beginning.slice(0, -3),
  () => `${http2Beginning}${garbage(500)}`,
  () => 'POST / HT',
  () => `${postRequest(listInterfaces, 'application/json', 100)}{`,
  () => postRequest(listInterfaces, 'application/json', 7) + garbage(7),
  () => postRequest(listInterfaces, 'application/grpc', 100) + garbage(100),
  () => postRequest(addRoutes, 'application/connect+proto', 1 << 20) + garbage(1000),
  () => `${postRequest('no.such.Service/Method', 'application/json', 2)}{}`,
  () => garbage(1),
  () => garbage(10_000),
];

function garbage(bytes: number): string {
  return String.fromCharCode(...Array.from({ length: bytes }, () => Math.floor(Math.random() * 256)));
}

async function changeNextHops(api: Api, changes: number): Promise<void> {
  const atOnce = 200;
  for (let done = 0; done < changes; done += 2 * atOnce) {
    const ids = Array.from({ length: atOnce }, (_, index) => index + 1000);
    await Promise.all(
      ids.map((id) => api.nextHops.addNexthop({ id, kind: { case: 'blackhole', value: {} } })),
    );
    await Promise.all(ids.map((id) => api.nextHops.deleteNexthop({ id })));
  }
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}
