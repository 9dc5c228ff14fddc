import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createClient } from '@connectrpc/connect';
import { EventService, RouterService, TraceService } from '../host/api/engine_pb.js';
import { ApiServer } from '../host/api/server.ts';
import { sampleServices } from '../host/api/testing/sample-services.ts';
import { openRouterTransport } from './router-transport.ts';

const folder = mkdtempSync(join(tmpdir(), 'millrace-transport-'));
const socketPath = join(folder, 'vrouter.sock');
const onFault = () => undefined;
const server = new ApiServer({ path: socketPath, mode: 0o600, services: sampleServices(), onFault });
const router = openRouterTransport({ socketPath });
before(() => server.start());
after(async () => {
  router.close();
  await server.close();
  rmSync(folder, { recursive: true });
});

test('calls a method over gRPC', async () => {
  const { version } = await createClient(RouterService, router.transport).getRouter({});
  assert.equal(version, '1.2.3');
});

test('throws the errors of the router', async () => {
  const failed = createClient(TraceService, router.transport).setTrace({ iface: 'p9' });
  await assert.rejects(failed, { rawMessage: /expected the name of an interface/ });
});

test('a deadline ends a stream', async () => {
  const stream = createClient(EventService, router.transport).watchEvents({ replay: 1 }, { timeoutMs: 100 });
  const read = async () => {
    for await (const { events } of stream) assert.equal(events[0]?.text, 'p0');
  };
  await assert.rejects(read(), { message: /deadline_exceeded/ });
});
