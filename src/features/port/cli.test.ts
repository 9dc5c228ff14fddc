import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CtlBench } from '../../engine/host/api/testing/ctl-bench.ts';
import { fakeService } from '../../engine/host/api/testing/fake-service.ts';
import { testRefused } from '../../engine/host/api/testing/refused.ts';
import { portCommands } from './cli.ts';
import { AffinityService, PortService } from './port_pb.js';

const ctl = new CtlBench({
  commands: portCommands,
  services: [
    fakeService(PortService, {}),
    fakeService(AffinityService, {
      getCpus: () => ({ cpus: { control: [0, 2], datapath: [1] } }),
      listQueues: () => ({ queues: [{ cpuId: 1, iface: 'p0', rxqId: 0, enabled: true }] }),
    }),
  ],
});
before(() => ctl.start());
after(() => ctl.close());

test('a port is made with the line of the documentation', async () => {
  const line = 'interface add port p0 devargs 0000:48:11.1 rxqs 1 qsize 2048';
  assert.deepEqual(await ctl.requests(line), [
    {
      method: 'addPort',
      request: { name: 'p0', devargs: '0000:48:11.1', attributes: {}, port: { rxqs: 1, qsize: 2048 } },
    },
  ]);
});

test('every attribute of a port reaches the request, in any order', async () => {
  const line =
    'interface add port p0 devargs net_tap0,iface=x-p0 vrf red mac 02:00:00:00:00:01 down promisc on neigh_snoop off mtu 9000 description "to the hosts"';
  const [call] = await ctl.requests(line);
  assert.deepEqual(call?.request, {
    name: 'p0',
    devargs: 'net_tap0,iface=x-p0',
    attributes: {
      up: false,
      promisc: true,
      neigh_snoop: false,
      mtu: 9000,
      vrf: 'red',
      description: 'to the hosts',
    },
    port: { mac: '02:00:00:00:00:01' },
  });
});

test('a frame to inject is sent as bytes', async () => {
  const [call] = await ctl.requests(`trace inject p0 frame ${'0a'.repeat(14)}`);
  assert.deepEqual(call, {
    method: 'injectFrame',
    request: { name: 'p0', frame: Buffer.alloc(14, 0x0a).toString('base64') },
  });
});

test('only what is given is changed', async () => {
  assert.deepEqual(await ctl.requests('interface set port p0 name p1 up domain p2'), [
    {
      method: 'setPort',
      request: { name: 'p0', new_name: 'p1', attributes: { up: true, domain: 'p2' }, port: {} },
    },
  ]);
});

testRefused(ctl, [
  'interface add port p0',
  'interface add port p0 devargs net_null0 mtu 1279',
  'interface add port p0 devargs net_null0 vrf a domain b',
  'interface add port p0 devargs net_null0 up down',
  'interface set port p0',
]);

test('CPUs are shown and moved', async () => {
  assert.deepEqual(await ctl.json('affinity cpus'), { control_cpus: '0,2', datapath_cpus: '1' });
  assert.deepEqual(await ctl.requests('affinity cpus set datapath 1-3,5'), [
    { method: 'setCpus', request: { datapath: [1, 2, 3, 5] } },
  ]);
});

test('queues are shown and moved', async () => {
  const { out } = await ctl.run('affinity qmap show');
  assert.equal(out, 'CPU_ID  IFACE  RXQ_ID  ENABLED\n     1  p0          0  yes\n');
  assert.deepEqual(await ctl.requests('affinity qmap set p0 rxq 0 cpu 2'), [
    { method: 'setQueue', request: { iface: 'p0', rxq_id: 0, cpu_id: 2 } },
  ]);
});
