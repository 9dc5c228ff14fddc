import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CtlBench } from '../../engine/host/api/testing/ctl-bench.ts';
import { fakeService } from '../../engine/host/api/testing/fake-service.ts';
import { testRefused } from '../../engine/host/api/testing/refused.ts';
import { filterCommands } from './cli.ts';
import { FilterService } from './filter_pb.js';

const ctl = new CtlBench({ commands: filterCommands, services: [fakeService(FilterService, {})] });
before(() => ctl.start());
after(() => ctl.close());

test('every word of a rule reaches the request', async () => {
  const line =
    'filter add list index 5 deny proto tcp src 10.0.0.0/8 dst 10.1.0.0/16 sport 1024-65535 dport 80 tcp-flags syn,!ack dscp af41 name web police gold';
  assert.deepEqual(await ctl.requests(line), [
    {
      method: 'addRule',
      request: {
        filter: 'list',
        rule: {
          index: 5,
          action: 'deny',
          proto: 6,
          src: '10.0.0.0/8',
          dst: '10.1.0.0/16',
          sport: { first: 1024, last: 65535 },
          dport: { first: 80, last: 80 },
          tcp_flags: { mask: 18, value: 2 },
          dscp: 34,
          name: 'web',
          police: 'gold',
        },
      },
    },
  ]);
});

test('a packet to be explained reaches the request', async () => {
  const line = 'filter explain iface p0 in src fd00::1 dst fd00::2 proto udp sport 5 dport 53';
  const [call] = await ctl.requests(line);
  assert.deepEqual(call?.request, {
    iface: 'p0',
    way: 'in',
    src: 'fd00::1',
    dst: 'fd00::2',
    proto: 17,
    sport: 5,
    dport: 53,
  });
});

testRefused(ctl, [
  'filter add list',
  'filter add list allow',
  'filter add list permit proto tpc',
  'filter add list permit dport 5-1',
  'filter add list permit dport 65536',
  'filter add list permit tcp-flags syn,!syn',
  'filter add list permit dscp af5',
  'filter add list permit police -gold',
  'filter add -list permit',
  'filter bind list iface p0',
  'filter set list',
]);
