import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Code, ConnectError, createClient } from '@connectrpc/connect';
import { openRouterTransport } from '../../client/router-transport.ts';
import { EventService, RouterService, TraceService } from './engine_pb.js';
import { ServerReflection } from './grpc/reflection_v1_pb.js';
import type { ApiLimits } from './limits.ts';
import { ApiServer } from './server.ts';
import { type ApiService, apiService } from './service.ts';
import { sampleServices } from './testing/sample-services.ts';

const folder = mkdtempSync(join(tmpdir(), 'millrace-limits-'));
after(() => rmSync(folder, { recursive: true }));

for (const protocol of ['gRPC over HTTP/2', 'Connect over HTTP/1.1']) {
  test(`tells the client that is one too many why it is refused: ${protocol}`, async () => {
    await using api = await serve({ connections: 1 });
    await using _first = await open(api.path);
    const refusal = protocol.startsWith('gRPC') ? getRouterByGrpc(api.path) : getRouterByHttp1(api.path);
    assert.match(await refusal, /expected at most 1 connections at once, got one more/);
  });
}

test('serves the next client when one has left', async () => {
  await using api = await serve({ connections: 1 });
  const first = await open(api.path);
  await first[Symbol.asyncDispose]();
  assert.match(await getRouterByHttp1(api.path), /1\.2\.3/);
});

test('closes connections that begin nothing', async () => {
  await using api = await serve({ patienceMs: 100 });
  for (const beginning of ['', 'PR', 'GET', 'POST /x HTTP/1.1\r\nhost', http2Beginning]) {
    const socket = connect(api.path);
    socket.write(beginning);
    socket.resume();
    await once(socket, 'close');
  }
});

test('answers a call whose message does not come in time, and keeps its connection for others', async () => {
  await using api = await serve({ patienceMs: 100 });
  const socket = connect(api.path);
  socket.write(`${post('RouterService/GetRouter', 'application/json', 100)}{`);
  assert.match(await firstAnswer(socket), /expected all of it within 0\.1 s, got a part/);
  socket.destroy();
});

test('a stream of requests may be silent longer than a message may take', async () => {
  await using api = await serve({ patienceMs: 50 }, []);
  const { transport, close } = openRouterTransport({ socketPath: api.path });
  const questions = async function* () {
    for (let asked = 0; asked < 2; asked++) {
      yield { messageRequest: { case: 'listServices', value: '' } } as const;
      await delay(150);
    }
  };
  let answers = 0;
  for await (const _ of createClient(ServerReflection, transport).serverReflectionInfo(questions()))
    answers++;
  assert.equal(answers, 2);
  close();
});

test('refuses a large request when it holds as many as it wants to, and takes it when one has gone', async () => {
  await using api = await serve({ messageBytes: 1 << 20, pendingBytes: 1 << 20 });
  const beginning = `${post('TraceService/ClearTraces', 'application/json', 800_000)}${'x'.repeat(300_000)}`;
  const first = connect(api.path);
  first.write(beginning);
  await delay(50);
  const second = connect(api.path);
  second.write(beginning);
  assert.match(await firstAnswer(second), /expected at most 1 MiB of requests at once, got more/);
  assert.match(await getRouterByGrpc(api.path), /1\.2\.3/, 'small ones are served all the same');
  first.destroy();
  second.destroy();
  await delay(50);
  assert.equal((await setTrace(api.path, 'x'.repeat(900_000))).code, Code.NotFound);
});

test('says shortly why a long name is refused: an error goes in a header', async () => {
  await using api = await serve({});
  const { rawMessage } = await setTrace(api.path, 'x'.repeat(900_000));
  assert.match(rawMessage, /expected the name of an interface, got "xxx.* … x+" \(\d+ characters\)$/);
});

test('ends the stream of a client that does not read, lets go of it at once, and says so when it reads again', async () => {
  const state = { sent: 0, ended: 0 };
  await using api = await serve({ stallMs: 100 }, [endless(state)]);
  const socket = connect(api.path);
  socket.write(watchRequest);
  socket.pause();
  while (state.ended === 0) await delay(10);
  assert.ok(state.sent < 1000, `${state.sent} messages of 10 kB were made for nobody`);
  assert.match(await text(socket), /expected a client that takes each within 0\.1 s, got one that did not/);
});

test('refuses a call that is one too many, and says why', async () => {
  const state = { sent: 0, ended: 0 };
  await using api = await serve({ calls: 1 }, [...sampleServices().slice(0, 1), endless(state)]);
  const socket = connect(api.path);
  socket.write(watchRequest);
  socket.pause();
  while (state.sent === 0) await delay(10);
  assert.match(await getRouterByGrpc(api.path), /expected at most 1 calls at once, got one more/);
  socket.destroy();
  while (state.ended === 0) await delay(10);
  assert.match(await getRouterByGrpc(api.path), /1\.2\.3/);
});

const http2Beginning = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0';
const message = '{"replay":1}';
const watchRequest =
  post('EventService/WatchEvents', 'application/connect+json', message.length + 5) +
  `\0\0\0\0${String.fromCharCode(message.length)}${message}`;
let servers = 0;

async function serve(limits: Partial<ApiLimits>, services: readonly ApiService[] = sampleServices()) {
  const path = join(folder, `${servers++}.sock`);
  const server = new ApiServer({ path, mode: 0o600, services, onFault: () => {}, limits });
  await server.start();
  return { path, [Symbol.asyncDispose]: () => server.close() };
}

/** A stream of events that never ends. */
function endless(state: { sent: number; ended: number }): ApiService {
  const events = [{ type: 'news', text: 'x'.repeat(10_000) }];
  return apiService(EventService, {
    async *watchEvents() {
      try {
        for (;;) {
          state.sent++;
          yield { events };
        }
      } finally {
        state.ended++;
      }
    },
  });
}

/** A connection that has been served. */
async function open(path: string) {
  const socket = connect(path);
  socket.write('GET /x HTTP/1.1\r\nhost: x\r\n\r\n');
  await once(socket, 'data');
  return {
    [Symbol.asyncDispose]: async () => {
      socket.destroy();
      await once(socket, 'close');
      await delay(20);
    },
  };
}

async function getRouterByGrpc(path: string): Promise<string> {
  const { transport, close } = openRouterTransport({ socketPath: path });
  try {
    return (await createClient(RouterService, transport).getRouter({})).version;
  } catch (error) {
    return String(error);
  } finally {
    close();
  }
}

async function setTrace(path: string, iface: string): Promise<ConnectError> {
  const { transport, close } = openRouterTransport({ socketPath: path });
  try {
    await createClient(TraceService, transport).setTrace({ iface });
    throw new Error('expected a refusal');
  } catch (error) {
    return ConnectError.from(error);
  } finally {
    close();
  }
}

async function getRouterByHttp1(path: string): Promise<string> {
  const socket = connect(path);
  socket.write(`${post('RouterService/GetRouter', 'application/json', 2)}{}`);
  const answer = await firstAnswer(socket);
  socket.destroy();
  return answer;
}

function post(method: string, type: string, bytes: number): string {
  return `POST /millrace.engine.v1.${method} HTTP/1.1\r\nhost: x\r\ncontent-type: ${type}\r\ncontent-length: ${bytes}\r\n\r\n`;
}

async function firstAnswer(socket: Socket): Promise<string> {
  const [chunk] = await once(socket, 'data');
  return String(chunk);
}
