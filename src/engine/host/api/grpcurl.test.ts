import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { ApiServer } from './server.ts';
import { findGrpcurl } from './testing/grpcurl.ts';
import { sampleServices } from './testing/sample-services.ts';

const found = findGrpcurl();
const skip = 'missing' in found ? found.missing : false;
const folder = mkdtempSync(join(tmpdir(), 'millrace-grpcurl-'));
const path = join(folder, 'vrouter.sock');
const server = new ApiServer({ path, mode: 0o600, services: sampleServices(), onFault: () => undefined });
before(() => server.start());
after(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

test('grpcurl lists the services by reflection', { skip }, async () => {
  const { stdout } = await grpcurl(['list']);
  assert.deepEqual(stdout.trim().split('\n'), [
    'grpc.health.v1.Health',
    'grpc.reflection.v1.ServerReflection',
    'grpc.reflection.v1alpha.ServerReflection',
    'millrace.engine.v1.CaptureService',
    'millrace.engine.v1.EventService',
    'millrace.engine.v1.RouterService',
    'millrace.engine.v1.TraceService',
  ]);
});

test('grpcurl describes a method and a message', { skip }, async () => {
  const method = await grpcurl(['describe', 'millrace.engine.v1.RouterService.GetRouter']);
  assert.match(method.stdout, /rpc GetRouter \( \.millrace\.engine\.v1\.GetRouterRequest \)/);
  const message = await grpcurl(['describe', 'millrace.engine.v1.GetRouterResponse']);
  assert.match(message.stdout, /uint32 uptime_ms = 4/);
});

test('grpcurl calls a method', { skip }, async () => {
  const { stdout } = await grpcurl(['millrace.engine.v1.RouterService/GetRouter']);
  assert.equal(JSON.parse(stdout).version, '1.2.3');
});

test('grpcurl shows the details of an error', { skip }, async () => {
  const failed = grpcurl(['millrace.engine.v1.TraceService/SetTrace'], ['-d', '{"iface":"p9"}']);
  await assert.rejects(failed, { stderr: /NotFound[\s\S]*"code": "ENODEV"/ });
});

test('grpcurl reads a stream until its deadline', { skip }, async () => {
  const failed = grpcurl(
    ['millrace.engine.v1.EventService/WatchEvents'],
    ['-max-time', '0.3', '-d', '{"replay":2}'],
  );
  await assert.rejects(failed, { stdout: /"text": "p0"[\s\S]*"text": "p1"/, stderr: /DeadlineExceeded/ });
});

test('grpcurl checks the health of the server and of a service', { skip }, async () => {
  assert.match((await grpcurl(['grpc.health.v1.Health/Check'])).stdout, /"SERVING"/);
  server.health.set('millrace.engine.v1.TraceService', 'not-serving');
  const { stdout } = await grpcurl(['grpc.health.v1.Health/List']);
  assert.equal(JSON.parse(stdout).statuses['millrace.engine.v1.TraceService'].status, 'NOT_SERVING');
  const unknown = grpcurl(['grpc.health.v1.Health/Check'], ['-d', '{"service":"x"}']);
  await assert.rejects(unknown, { stderr: /NotFound/ });
});

test('grpcurl watches a service become healthy', { skip }, async () => {
  server.health.set('millrace.engine.v1.EventService', 'not-serving');
  setTimeout(() => server.health.set('millrace.engine.v1.EventService', 'serving'), 200);
  const request = '{"service":"millrace.engine.v1.EventService"}';
  const failed = grpcurl(['grpc.health.v1.Health/Watch'], ['-max-time', '0.6', '-d', request]);
  await assert.rejects(failed, { stdout: /"NOT_SERVING"[\s\S]*"SERVING"/ });
});

async function grpcurl(words: readonly string[], options: readonly string[] = []) {
  if ('missing' in found) throw new Error(found.missing);
  return promisify(execFile)(found.path, ['-plaintext', '-unix', ...options, path, ...words]);
}
