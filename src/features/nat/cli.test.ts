import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CtlBench } from '../../engine/host/api/testing/ctl-bench.ts';
import { fakeService } from '../../engine/host/api/testing/fake-service.ts';
import { testRefused } from '../../engine/host/api/testing/refused.ts';
import { natCommands } from './cli.ts';
import { ConntrackService, NatService } from './nat_pb.js';

const services = [fakeService(NatService, {}), fakeService(ConntrackService, {})];
const ctl = new CtlBench({ commands: natCommands, services });
before(() => ctl.start());
after(() => ctl.close());

for (const [line, method, request] of [
  [
    'dnat44 add interface p0 destination 192.0.2.1 replace 10.0.0.1',
    'addDnat44',
    { interface: 'p0', destination: '192.0.2.1', replace: '10.0.0.1' },
  ],
  [
    'dnat44 del interface p0 destination 192.0.2.1',
    'deleteDnat44',
    { interface: 'p0', destination: '192.0.2.1' },
  ],
  ['dnat44 show vrf red', 'listDnat44', { vrf: 'red' }],
  [
    'snat44 add interface p0 subnet 10.0.0.0/8 replace 192.0.2.1',
    'addSnat44',
    { interface: 'p0', subnet: '10.0.0.0/8', replace: '192.0.2.1' },
  ],
  [
    'snat44 del interface p0 subnet 10.0.0.0/8 replace 192.0.2.1',
    'deleteSnat44',
    { interface: 'p0', subnet: '10.0.0.0/8', replace: '192.0.2.1' },
  ],
  ['conntrack flush', 'flushSessions', {}],
  [
    'conntrack config set time-wait-timeout 7 max 9 new-timeout 8',
    'setConntrackConfig',
    { config: { max: 9, new_timeout: 8, time_wait_timeout: 7 } },
  ],
] as const) {
  test(`"${line}" reaches the router`, async () => {
    assert.deepEqual(await ctl.requests(line), [{ method, request }]);
  });
}

testRefused(ctl, [
  'dnat44 add interface p0 destination 192.0.2.1',
  'dnat44 add interface p0 destination fd00::1 replace 10.0.0.1',
  'conntrack config set max 0',
  'conntrack config set max 1048577',
  'conntrack config set new-timeout 0',
]);
