import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, linkSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { removeIfLeft } from './left-socket.ts';

const folder = mkdtempSync(join(tmpdir(), 'millrace-left-'));
after(() => rmSync(folder, { recursive: true }));

test('removes a socket only when nobody listens on it, and who listens is not connected to', async () => {
  const path = join(folder, 'net1.sock');
  let connections = 0;
  const server = createServer(() => {
    connections += 1;
  });
  server.listen(join(folder, 'own'));
  await once(server, 'listening');
  linkSync(join(folder, 'own'), path); // the server takes only its own name along
  assert.equal(removeIfLeft(path), false);
  server.close();
  await once(server, 'close');
  assert.equal(connections, 0);
  assert.equal(removeIfLeft(path), true);
  assert.ok(!existsSync(path));
});

test('leaves alone what is no socket, and nothing', () => {
  const path = join(folder, 'file');
  writeFileSync(path, '');
  assert.equal(removeIfLeft(path), false);
  assert.ok(existsSync(path));
  assert.equal(removeIfLeft(join(folder, 'nothing')), false);
});
