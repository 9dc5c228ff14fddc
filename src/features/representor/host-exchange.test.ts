import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findIndexes, tellHost } from './host-exchange.ts';
import { setDevice } from './netlink/devices.ts';

const missing = { name: 'gone', index: 0x7ffffff0 };
const loopback = { name: 'lo', index: 1 };

describe('what the host is told', () => {
  it('goes on behind what it refuses, and tells that with the reason', async () => {
    const messages = [
      setDevice(missing, { up: true }),
      setDevice(loopback, {}),
      setDevice(missing, { mtu: 1500 }),
    ];
    const failures = await tellHost(messages.map((message) => ({ message })));
    assert.deepEqual(
      failures.map(({ command }) => command.message.asks),
      ['link set dev gone up', 'link set dev gone mtu 1500'],
    );
    assert.match(failures[0]?.reason ?? '', /^ENODEV: no such device/);
  });

  it('is nothing where there is nothing to tell', async () => {
    assert.deepEqual(await tellHost([]), []);
  });
});

describe('devices of the host', () => {
  it('are found by their names, whichever of them are missing', async () => {
    const found = await findIndexes(['no-such-device', 'lo', 'none-either']);
    assert.deepEqual([...found], [['lo', 1]]);
  });
});
