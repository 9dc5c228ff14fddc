import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { ApiServer } from '../engine/host/api/server.ts';
import { fakeService } from '../engine/host/api/testing/fake-service.ts';
import { InterfaceService } from '../features/interface/interface_pb.js';

const program = join(import.meta.dirname, 'ctl.ts');
const folder = mkdtempSync(join(tmpdir(), 'millrace-ctl-'));
const path = join(folder, 'vrouter.sock');
const server = new ApiServer({
  path,
  mode: 0o600,
  onFault: () => undefined,
  services: [
    fakeService(InterfaceService, { listInterfaces: () => ({ interfaces: [{ name: 'p0', id: 2 }] }) }),
  ],
});
before(() => server.start());
after(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

test('the declarations of all commands fit their syntax', async () => {
  const { commands } = JSON.parse((await ctl({}, '--dump-commands')).stdout);
  assert.ok(commands.length > 40);
});

test('the socket is that of -s, else of MILLRACE_SOCK_PATH, else of GROUT_SOCK_PATH', async () => {
  const nowhere = { MILLRACE_SOCK_PATH: '/nowhere/1', GROUT_SOCK_PATH: '/nowhere/2' };
  assert.match((await ctl(nowhere, '-s', path, 'interface')).stdout, /p0/);
  await assert.rejects(ctl(nowhere, 'interface'), { stderr: /at \/nowhere\/1: .* got no socket/ });
  await assert.rejects(ctl({ GROUT_SOCK_PATH: '/nowhere/2' }, 'interface'), { stderr: /at \/nowhere\/2:/ });
  await assert.rejects(ctl({}, '-s', '/nowhere/3', 'interface'), { code: 1, stderr: /\(ENOENT\)/ });
});

test('words are abbreviated as long as they are unambiguous', async () => {
  const { stdout } = await ctl({}, '-s', path, '-j', 'int', 'sh', 'type', 'port');
  assert.equal(JSON.parse(stdout)[0].name, 'p0');
});

test('a command starts without the runtimes of protobuf and gRPC', async () => {
  const hook = `import { registerHooks } from 'node:module';
    registerHooks({ resolve(name, context, next) {
      if (/bufbuild|connectrpc/.test(name)) process._rawDebug('loaded ' + name);
      return next(name, context);
    } });`;
  const preload = `--import=data:text/javascript,${encodeURIComponent(hook)}`;
  const { stdout, stderr } = await ctl({ NODE_OPTIONS: preload }, '-s', path, 'interface');
  assert.match(stdout, /p0/);
  assert.equal(stderr, '');
});

function ctl(environment: Readonly<Record<string, string>>, ...words: readonly string[]) {
  return promisify(execFile)(process.execPath, [program, ...words], {
    env: { PATH: process.env.PATH, ...environment },
  });
}
