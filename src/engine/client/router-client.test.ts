import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { CaptureService, EventService, RouterService, TraceService } from '../host/api/engine_pb.js';
import { ApiServer } from '../host/api/server.ts';
import { sampleServices } from '../host/api/testing/sample-services.ts';
import { connectRouter } from './router-client.ts';
import { serviceRef } from './service-types.ts';

const routers = serviceRef<typeof RouterService>('millrace.engine.v1.RouterService');
const traces = serviceRef<typeof TraceService>('millrace.engine.v1.TraceService');
const events = serviceRef<typeof EventService>('millrace.engine.v1.EventService');
const captures = serviceRef<typeof CaptureService>('millrace.engine.v1.CaptureService');

const folder = mkdtempSync(join(tmpdir(), 'millrace-client-'));
const socketPath = join(folder, 'vrouter.sock');
const server = new ApiServer({
  path: socketPath,
  mode: 0o600,
  services: sampleServices(),
  onFault: () => undefined,
});
const router = connectRouter({ socketPath });
before(() => server.start());
after(async () => {
  router.close();
  await server.close();
  rmSync(folder, { recursive: true });
});

test('calls a method, again over the same connection', async () => {
  for (let index = 0; index < 3; index += 1) {
    const { version, startup_ms } = await router.call(routers, 'getRouter', {});
    assert.deepEqual([version, startup_ms], ['1.2.3', 0]);
  }
});

test('throws what the router said, with its errno', async () => {
  await assert.rejects(router.call(traces, 'setTrace', { iface: 'p9' }), {
    code: 'ENODEV',
    expected: 'the name of an interface',
    received: '"p9"',
    doing: 'enabling the trace of an interface',
  });
});

test('reads a stream to its end and throws the error that ended it', async () => {
  const chunks: (string | undefined)[] = [];
  const read = async () => {
    for await (const { chunk } of router.stream(captures, 'capture', { count: 3 })) chunks.push(chunk);
  };
  await assert.rejects(read(), { code: 'EBUSY' });
  assert.deepEqual(chunks, ['AA==', 'AQ==', 'Ag==']);
});

test('ends a stream quietly when it is aborted', async () => {
  const controller = new AbortController();
  const seen: (string | undefined)[] = [];
  for await (const message of router.stream(events, 'watchEvents', { replay: 2 }, controller)) {
    seen.push(message.events?.[0]?.text);
    if (seen.length === 2) controller.abort();
  }
  assert.deepEqual(seen, ['p0', 'p1']);
});

test('leaves a stream in the middle', async () => {
  for await (const message of router.stream(events, 'watchEvents', { replay: 2 })) {
    assert.equal(message.events?.[0]?.type, 'iface add');
    break;
  }
});

test('says that there is no router', async () => {
  const nowhere = connectRouter({ socketPath: join(folder, 'none.sock') });
  await assert.rejects(nowhere.call(routers, 'getRouter', {}), { code: 'ENOENT', received: 'no socket' });
  writeFileSync(join(folder, 'file'), '');
  const file = connectRouter({ socketPath: join(folder, 'file') });
  await assert.rejects(file.call(routers, 'getRouter', {}), { code: 'ECONNREFUSED' });
});

test('says that the connection ended before the answer', async () => {
  const path = join(folder, 'rude.sock');
  const rude = createServer((socket) => socket.once('data', () => socket.destroy())).listen(path);
  await assert.rejects(connectRouter({ socketPath: path }).call(routers, 'getRouter', {}), {
    code: 'ECONNRESET',
  });
  rude.close();
});

test('calls over another connection when an idle one was closed before the request was read, and only then', async (context) => {
  const path = join(folder, 'idle.sock');
  const answer = () => latest().write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}');
  const sockets: Socket[] = [];
  const latest = () => sockets.at(-1) ?? assert.fail('nobody has connected');
  const idle = createServer((socket) => sockets.push(socket.on('data', answer))).listen(path);
  const client = connectRouter({ socketPath: path });
  context.after(() => {
    client.close();
    latest().destroy();
    idle.close();
  });
  const call = () => client.call(routers, 'getRouter', {});
  await call();
  latest().destroy();
  assert.deepEqual(await call(), {}); // it is written to a connection whose end was not seen yet
  const unread = call();
  process.nextTick(() => latest().destroy()); // it is written by now, and nobody has read it
  assert.deepEqual(await unread, {});
  assert.equal(sockets.length, 3);
  latest()
    .off('data', answer)
    .once('data', () => latest().destroy());
  await assert.rejects(call(), { code: 'ECONNRESET' }); // it may have been done
  assert.equal(sockets.length, 3);
});

test('says that what listens is no router', async () => {
  const path = join(folder, 'other.sock');
  const other = createServer((socket) =>
    socket.once('data', () => socket.end('HTTP/1.1 200 Yes\r\ncontent-length: 3\r\n\r\nno!')),
  ).listen(path);
  await assert.rejects(connectRouter({ socketPath: path }).call(routers, 'getRouter', {}), {
    code: 'EPROTO',
  });
  other.close();
});

test('says that the router does not have the service', async () => {
  const unknown = serviceRef<typeof RouterService>('millrace.future.v1.FutureService');
  await assert.rejects(router.call(unknown, 'getRouter', {}), { code: 'ENOSYS' });
});
