import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CtlBench } from '../../engine/host/api/testing/ctl-bench.ts';
import { fakeService } from '../../engine/host/api/testing/fake-service.ts';
import { dhcpCommands } from './cli.ts';
import { DhcpService } from './dhcp_pb.js';

const lease = {
  iface: 'p0',
  state: 'bound',
  address: '10.0.0.5/24',
  server: '10.0.0.1',
  lease: 120,
  expiresIn: 90,
};
const ctl = new CtlBench({
  commands: dhcpCommands,
  services: [fakeService(DhcpService, { listDhcpClients: () => ({ clients: [lease] }) })],
});
before(() => ctl.start());
after(() => ctl.close());

test('DHCP is enabled and disabled on an interface', async () => {
  for (const word of ['enable', 'disable'])
    assert.deepEqual(await ctl.requests(`dhcp ${word} p0`), [
      { method: `${word}Dhcp`, request: { iface: 'p0' } },
    ]);
  assert.equal((await ctl.run('dhcp enable')).code, 1);
});

test('leases are shown as a table and as JSON', async () => {
  assert.match(
    (await ctl.run('dhcp')).out,
    /^INTERFACE +STATE +ADDRESS .*EXPIRES_IN\np0 +BOUND +10\.0\.0\.5\/24 .*90\n$/,
  );
  assert.match(JSON.stringify(await ctl.json('dhcp show')), /"state":"BOUND".*"expires_in":90/);
});
