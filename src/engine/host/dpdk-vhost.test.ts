import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import {
  burstFunctions,
  burstStats,
  ealCleanup,
  onLinkChange,
  poolStats,
  portClose,
  portConfigure,
  portLink,
  portProbe,
  portStart,
} from './dpdk.ts';
import { startPacketWorld } from './dpdk-testing.ts';

// The application of a pod owns the socket; the router is its client.
const directory = mkdtempSync(join(tmpdir(), 'millrace-vhost-'));
const socket = join(directory, 'pod.sock');
const world = startPacketWorld({ hugepages: true });
const { rx, tx, free } = burstFunctions();
after(() => {
  ealCleanup();
  rmSync(directory, { recursive: true });
});

test('an application comes, gets and returns packets, and goes; the link tells', {
  timeout: 20_000,
}, async () => {
  const port = portProbe(`net_vhost0,iface=${socket},client=1`);
  portConfigure(port);
  portStart(port);
  assert.equal(portLink(port).up, false);

  const up = linkIs(port, true);
  const application = startApplication();
  const keepAlive = setInterval(() => {}, 100); // the link's callback alone does not keep the process
  await up;
  assert.equal(echoed(port, 200), 200);

  const down = linkIs(port, false);
  application.kill('SIGKILL');
  await Promise.all([down, once(application, 'exit')]);
  clearInterval(keepAlive);
  portClose(port);
  assert.equal(poolStats().inUse, 0);
  assert.equal(burstStats().foreignDropped, 0);
});

function linkIs(port: number, up: boolean): Promise<void> {
  return new Promise((resolve) => {
    onLinkChange((changed) => {
      if (changed === port && portLink(port).up === up) resolve();
    });
  });
}

// Sends packets one by one and waits for each to come back, for as long as the application may need to start.
function echoed(port: number, count: number): number {
  let back = 0;
  const deadline = Date.now() + 10_000;
  while (back < count && Date.now() < deadline) {
    const [packet = 0] = world.take(1);
    new DataView(world.memory.buffer).setUint32(packet + 36, 60, true);
    new DataView(world.memory.buffer).setUint16(packet + 40, 60, true);
    if (tx(port, 0, world.sent, 1) === 0) free(world.sent, 1);
    const received = rx(port, 0, world.received, 64);
    back += free(world.received, received);
  }
  return Math.min(back, count);
}

function startApplication() {
  const script = `import * as dpdk from ${JSON.stringify(new URL('./dpdk.ts', import.meta.url).href)};
    import { startPacketWorld } from ${JSON.stringify(new URL('./dpdk-testing.ts', import.meta.url).href)};
    const world = startPacketWorld({ hugepages: true });
    const port = dpdk.portProbe("net_virtio_user0,path=${socket},server=1");
    dpdk.portConfigure(port);
    dpdk.portStart(port);
    const { rx, tx, free, pause } = dpdk.burstFunctions();
    for (;;) {
      const received = rx(port, 0, world.received, 64);
      const sent = tx(port, 0, world.received, received);
      free(world.received + 4 * sent, received - sent);
      if (received === 0) pause(10000);
    }`;
  return spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: 'inherit' });
}
