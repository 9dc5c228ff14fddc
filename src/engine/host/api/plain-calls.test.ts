import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { ApiServer } from './server.ts';
import { sampleServices } from './testing/sample-services.ts';

const folder = mkdtempSync(join(tmpdir(), 'millrace-plain-'));
const faults: string[] = [];
let settling = 0;
const api = new ApiServer({
  path: join(folder, 'api.sock'),
  mode: 0o600,
  services: sampleServices(),
  onFault: ({ method }) => faults.push(method),
  settled: async () => void settling++,
});
await api.start();
after(async () => {
  await api.close();
  rmSync(folder, { recursive: true });
});

const calls = {
  'an answer': ['RouterService/GetRouter', '{}'],
  'an answer without fields': ['TraceService/ClearTraces', '{}'],
  'a request with a field that nobody knows': ['RouterService/GetRouter', '{"more":1}'],
  'an empty request': ['RouterService/GetRouter', ''],
  'an error of the implementation': ['TraceService/SetTrace', '{"iface":"p9"}'],
  'a fault of the implementation': ['TraceService/ListTraces', '{}'],
  'half a message': ['TraceService/SetTrace', '{"iface":'],
  'a field of another type': ['TraceService/SetTrace', '{"iface":7}'],
} as const;

for (const [name, [method, body]] of Object.entries(calls)) {
  test(`a plain call gets what Connect would answer: ${name}`, async () => {
    const plain = await call(method, body, { 'content-length': Buffer.byteLength(body) });
    const before = { faults: faults.length, settling };
    const negotiated = await call(method, body, { 'connect-timeout-ms': 10_000 });
    assert.deepEqual(plain, negotiated);
    const now = { faults: faults.length, settling };
    assert.deepEqual(counted(before, now), counted({ faults: 0, settling: 0 }, before), 'and tells as much');
    [faults.length, settling] = [0, 0];
  });
}

function counted(before: Counts, now: Counts): Counts {
  return { faults: now.faults - before.faults, settling: now.settling - before.settling };
}

interface Counts {
  readonly faults: number;
  readonly settling: number;
}

async function call(method: string, body: string, more: Readonly<Record<string, number>>) {
  const headers = { 'content-type': 'application/json', ...more };
  const place = {
    socketPath: join(folder, 'api.sock'),
    path: `/millrace.engine.v1.${method}`,
    method: 'POST',
    headers,
  };
  const { promise, resolve, reject } = Promise.withResolvers<Awaited<ReturnType<typeof answerOf>>>();
  const sent = request(place, (response) => answerOf(response).then(resolve, reject));
  sent.once('error', reject);
  sent.end(body);
  return promise;
}

async function answerOf(response: Parameters<NonNullable<Parameters<typeof request>[2]>>[0]) {
  const { 'content-type': type, 'content-length': length } = response.headers;
  return { status: response.statusCode, type, length, body: JSON.parse(await text(response)) };
}
