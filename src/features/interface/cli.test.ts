import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { create } from '@bufbuild/protobuf';
import { ApiError } from '../../engine/api-error.ts';
import { CtlBench } from '../../engine/host/api/testing/ctl-bench.ts';
import { fakeService } from '../../engine/host/api/testing/fake-service.ts';
import { interfaceCommands } from './cli.ts';
import { InterfaceSchema, InterfaceService } from './interface_pb.js';

const p0 = create(InterfaceSchema, {
  name: 'p0',
  description: 'to the hosts',
  type: 'port',
  id: 2,
  flags: ['up', 'running'],
  mode: 'VRF',
  vrf: 'main',
  mtu: 1500,
  speed: 10000,
  mac: '02:00:00:00:00:01',
  info: ['devargs=net_tap0', 'mac=02:00:00:00:00:01'],
  details: { devargs: 'net_tap0', driver: 'net_tap', n_rxq: 2 },
});

const main = create(InterfaceSchema, {
  name: 'main',
  type: 'vrf',
  id: 1,
  flags: ['up'],
  mode: 'VRF',
  info: ['routes4=3/65536', 'routes6=0/1024'],
});

const ctl = new CtlBench({
  commands: interfaceCommands,
  services: [
    fakeService(InterfaceService, {
      listInterfaces: ({ type }) => ({ interfaces: type === 'vrf' ? [main] : [main, p0] }),
      getInterface: ({ name }) => {
        if (name === 'p0') return { interface: p0 };
        throw new ApiError('ENODEV', {
          doing: 'showing an interface',
          expected: 'the name of an interface',
          received: JSON.stringify(name),
        });
      },
      getInterfaceStats: () => ({
        stats: [{ interface: 'p0', rxPackets: 12n, rxBytes: 2n ** 60n, cpTxBytes: 7n }],
      }),
      getInterfaceRates: () => ({
        rates: [{ interface: 'p0', rxPps: 1000.4, txBps: 8e9 }],
        intervalMs: 1000,
      }),
    }),
  ],
});
before(() => ctl.start());
after(() => ctl.close());

test('interfaces are listed as a table', async () => {
  const { out } = await ctl.run('interface show');
  assert.equal(
    out,
    [
      'NAME  ID  FLAGS       MODE  DOMAIN  TYPE  INFO',
      'main   1  up          VRF           vrf   routes4=3/65536 routes6=0/1024',
      'p0     2  up running  VRF   main    port  devargs=net_tap0 mac=02:00:00:00:00:01',
      '',
    ].join('\n'),
  );
});

test('only interfaces of one type are listed', async () => {
  assert.deepEqual(await ctl.requests('interface type vrf'), [
    { method: 'listInterfaces', request: { type: 'vrf' } },
  ]);
});

test('one interface as JSON is an object with the keys that operators know', async () => {
  assert.deepEqual(await ctl.json('interface show name p0'), {
    name: 'p0',
    description: 'to the hosts',
    type: 'port',
    id: 2,
    flags: ['up', 'running'],
    mode: 'VRF',
    vrf: 'main',
    mtu: 1500,
    speed: 10000,
    mac: '02:00:00:00:00:01',
    devargs: 'net_tap0',
    driver: 'net_tap',
    n_rxq: 2,
  });
});

test('an interface that is not there fails with its errno and a sentence', async () => {
  const { code, error } = await ctl.run('interface show name p9');
  assert.equal(code, 1);
  assert.match(
    error,
    /^error: command failed: No such device \(ENODEV\)\n {2}showing an interface: expected/,
  );
});

test('counters and rates are listed, counters exactly', async () => {
  assert.deepEqual(await ctl.json('interface stats'), [
    {
      interface: 'p0',
      rx_packets: 12,
      rx_bytes: String(2n ** 60n),
      rx_drops: 0,
      tx_packets: 0,
      tx_bytes: 0,
      tx_errors: 0,
      cp_rx_packets: 0,
      cp_rx_bytes: 0,
      cp_tx_packets: 0,
      cp_tx_bytes: 7,
    },
  ]);
  const { out } = await ctl.run('interface rates');
  assert.match(
    out,
    /^INTERFACE +RX_PACKETS\/S +RX_BYTES\/S +RX_DROPS\/S +TX_PACKETS\/S +TX_BYTES\/S +TX_ERRORS\/S\np0 +1000 +0 +0 +0 +1000000000 +0\n$/,
  );
});

test('an interface is removed by its name', async () => {
  assert.deepEqual(await ctl.requests('interface del p0'), [
    { method: 'deleteInterface', request: { name: 'p0' } },
  ]);
});
