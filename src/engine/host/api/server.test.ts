import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import { ApiServer } from './server.ts';
import { sampleServices } from './testing/sample-services.ts';

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'millrace-api-'));
const faults: { method: string }[] = [];
after(() => rmSync(folder, { recursive: true }));

test('answers a unary call that curl sends as JSON', async () => {
  await using api = await serve('curl.sock');
  const answer = await curl(api.path, 'millrace.engine.v1.RouterService/GetRouter', '{}');
  assert.equal(answer.version, '1.2.3');
  assert.equal(answer.startup_ms, 0);
});

test('tells what was expected, what came and what was being done', async () => {
  await using api = await serve('errors.sock');
  const answer = await curl(api.path, 'millrace.engine.v1.TraceService/SetTrace', '{"iface":"p9"}');
  assert.equal(answer.code, 'not_found');
  assert.equal(
    answer.message,
    'enabling the trace of an interface: expected the name of an interface, got "p9"',
  );
  assert.deepEqual(answer.details[0].debug.code, 'ENODEV');
  assert.equal(answer.details[0].debug.errno, 19);
});

test('survives a fault of an implementation and reports it', async () => {
  await using api = await serve('fault.sock');
  const answer = await curl(api.path, 'millrace.engine.v1.TraceService/ListTraces', '{}');
  assert.equal(answer.details[0].debug.code, 'EIO');
  assert.equal(faults.at(-1)?.method, 'millrace.engine.v1.TraceService/ListTraces');
  await curl(api.path, 'millrace.engine.v1.RouterService/GetRouter', '{}');
});

test('refuses malformed messages without harm', async () => {
  await using api = await serve('malformed.sock');
  const method = 'millrace.engine.v1.TraceService/SetTrace';
  assert.equal((await curl(api.path, method, '{"iface":')).code, 'invalid_argument');
  assert.equal((await curl(api.path, method, '{"iface":7}')).code, 'invalid_argument');
  assert.match((await curl(api.path, method, '\xff', 'application/proto')).message, /^parse binary/);
  for (const bytes of [
    '\0\0\0\0',
    'GET',
    'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\ngarbage',
    'POST / HTTP/1.0\r\n\r\n',
  ]) {
    const socket = connect(api.path);
    socket.end(Buffer.from(bytes, 'latin1'));
    socket.resume();
    await once(socket, 'close');
  }
  await curl(api.path, 'millrace.engine.v1.RouterService/GetRouter', '{}');
});

test('refuses a message beyond the size limit', async () => {
  await using api = await serve('large.sock');
  const file = join(folder, 'large.json');
  writeFileSync(file, `{"iface":"${'x'.repeat(17 << 20)}"}`);
  const answer = await curl(api.path, 'millrace.engine.v1.TraceService/SetTrace', `@${file}`);
  assert.equal(answer.code, 'resource_exhausted');
});

test('gives the socket its mode from the first moment', async () => {
  await using api = await serve('mode.sock', 0o620);
  assert.equal(statSync(api.path).mode & 0o777, 0o620);
});

test('names the process that holds the socket', async () => {
  await using api = await serve('taken.sock');
  const other = new ApiServer({ ...options, path: api.path });
  await assert.rejects(other.start(), {
    code: 'EADDRINUSE',
    message: new RegExp(`one in use by process ${process.pid} `),
  });
});

test('replaces a socket that nobody listens on', async () => {
  const path = join(folder, 'stale.sock');
  const script = `require("net").createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 9))`;
  await once(spawn(process.execPath, ['-e', script]), 'exit');
  assert.ok(statSync(path).isSocket());
  await using api = await serve('stale.sock');
  await curl(api.path, 'millrace.engine.v1.RouterService/GetRouter', '{}');
});

test('leaves alone what is no socket', async () => {
  const path = join(folder, 'file');
  writeFileSync(path, 'kept');
  await assert.rejects(new ApiServer({ ...options, path }).start(), { code: 'ENOTSOCK' });
});

test('ends streams, waits for connections and removes the socket when it closes', async () => {
  const state = { endedStreams: 0 };
  const path = join(folder, 'close.sock');
  const server = new ApiServer({ ...options, path, services: sampleServices(state) });
  await server.start();
  const stream = once(openStream(path), 'close');
  await new Promise((resolve) => setTimeout(resolve, 50));
  await server.close();
  await stream;
  assert.equal(state.endedStreams, 1);
  assert.equal(statSync(path, { throwIfNoEntry: false }), undefined);
});

test('ends a stream when its client leaves', async () => {
  const state = { endedStreams: 0 };
  const path = join(folder, 'leave.sock');
  const server = new ApiServer({ ...options, path, services: sampleServices(state) });
  await server.start();
  const faultsBefore = faults.length;
  const socket = openStream(path);
  await once(socket, 'data');
  socket.destroy();
  while (state.endedStreams === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  await server.close();
  assert.equal(faults.length, faultsBefore);
});

test('closes at once when nothing was ever connected', async () => {
  const server = new ApiServer({ ...options, path: join(folder, 'idle.sock') });
  await server.start();
  await server.close();
});

const options = {
  mode: 0o600,
  services: sampleServices(),
  onFault: (fault: { method: string }) => faults.push(fault),
};

async function serve(name: string, mode = 0o600) {
  const path = join(folder, name);
  const server = new ApiServer({ ...options, path, mode });
  await server.start();
  return { path, [Symbol.asyncDispose]: () => server.close() };
}

async function curl(path: string, method: string, body: string, type = 'application/json') {
  const data = ['--data-binary', body, '-H', `content-type: ${type}`];
  const { stdout } = await run('curl', ['-s', '--unix-socket', path, ...data, `http://localhost/${method}`]);
  return JSON.parse(stdout);
}

function openStream(path: string) {
  const message = '{"replay":1}';
  const socket = connect(path);
  socket.write(
    'POST /millrace.engine.v1.EventService/WatchEvents HTTP/1.1\r\nhost: x\r\n' +
      `content-type: application/connect+json\r\ncontent-length: ${message.length + 5}\r\n\r\n` +
      `\0\0\0\0${String.fromCharCode(message.length)}${message}`,
  );
  socket.resume();
  return socket;
}
