import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CtlBench } from '../../engine/host/api/testing/ctl-bench.ts';
import { fakeService } from '../../engine/host/api/testing/fake-service.ts';
import { mplsCommands } from './cli.ts';
import { MplsService } from './mpls_pb.js';

const ctl = new CtlBench({
  commands: mplsCommands,
  services: [
    fakeService(MplsService, {
      addLabel: () => ({ label: { label: 524288 } }),
      async *listLabels() {
        yield { labels: [{ label: 100, target: { case: 'vrf', value: { vrf: 'red' } } }] };
        yield {
          labels: [
            { label: 101, target: { case: 'nexthop', value: { nexthop: 7 } } },
            { label: 102, target: { case: 'swap', value: { labels: [200, 201], nexthop: 7 } } },
            { label: 103, target: { case: 'iface', value: { iface: 'p0', controlWord: true } } },
          ],
        };
      },
      getLabelConfig: () => ({ config: { first: 1000, last: 1999 }, used: 4 }),
      addMplsNexthop: () => ({ nexthop: { id: 12 } }),
      listMplsInterfaces: () => ({ interfaces: [{ iface: 'p0' }, { iface: 'p1' }] }),
    }),
  ],
});
before(() => ctl.start());
after(() => ctl.close());

test('labels are added with what they lead to', async () => {
  const cases = {
    'label add 100 vrf red': { label: 100, vrf: { vrf: 'red' } },
    'label add 100 nexthop 7': { label: 100, nexthop: { nexthop: 7 } },
    'label add 100 swap 200,0,201 nexthop 7': { label: 100, swap: { labels: [200, 0, 201], nexthop: 7 } },
    'label add 100 iface p0': { label: 100, iface: { iface: 'p0', control_word: false } },
    'label add 100 iface p0 control-word': { label: 100, iface: { iface: 'p0', control_word: true } },
    'label add auto vrf red': { vrf: { vrf: 'red' } },
  };
  for (const [line, request] of Object.entries(cases))
    assert.deepEqual(await ctl.requests(line), [{ method: 'addLabel', request }]);
});

test('a label that the router chose is told, and no other', async () => {
  assert.deepEqual(await ctl.json('label add auto vrf red'), { label: 524288 });
  assert.equal((await ctl.run('label add 100 vrf red')).out, '');
});

test('labels are listed as a table and as JSON', async () => {
  assert.equal(
    (await ctl.run('label')).out,
    [
      'LABEL  TYPE     INFO',
      '  100  vrf      vrf=red',
      '  101  nexthop  nexthop=7',
      '  102  swap     labels=200,201 nexthop=7',
      '  103  iface    iface=p0 control_word=true',
      '',
    ].join('\n'),
  );
  assert.deepEqual(await ctl.json('label show'), [
    { label: 100, type: 'vrf', vrf: 'red' },
    { label: 101, type: 'nexthop', nexthop: 7 },
    { label: 102, type: 'swap', labels: [200, 201], nexthop: 7 },
    { label: 103, type: 'iface', iface: 'p0', control_word: true },
  ]);
  assert.deepEqual(await ctl.requests('label show vrf red'), [
    { method: 'listLabels', request: { vrf: 'red' } },
  ]);
});

test('labels are removed, and the range is set and shown', async () => {
  assert.deepEqual(await ctl.requests('label del 100'), [{ method: 'deleteLabel', request: { label: 100 } }]);
  assert.deepEqual(await ctl.requests('label config set range 1000-1999'), [
    { method: 'setLabelConfig', request: { first: 1000, last: 1999 } },
  ]);
  assert.deepEqual(await ctl.json('label config'), { range: '1000-1999', used: 4 });
});

test('next hops with labels are added with all that is known of them', async () => {
  assert.deepEqual(await ctl.requests('nexthop add mpls label 100,200 via 7 ttl 255 tc 5 id 12'), [
    {
      method: 'addMplsNexthop',
      request: { id: 12, labels: [100, 200], via: 7, traffic_class: 5, ttl: 255 },
    },
  ]);
  assert.deepEqual(await ctl.json('nexthop add mpls label 100 via 7'), { id: 12 });
});

test('pseudowires are added and changed with all that is known of them', async () => {
  const line = 'pw0 nexthop 12 domain br0 mtu 1400 mac 02:00:00:00:00:09 control-word on';
  const pseudowire = { nexthop: 12, mac: '02:00:00:00:00:09', control_word: true };
  const attributes = { mtu: 1400, domain: 'br0' };
  assert.deepEqual(await ctl.requests(`interface add pseudowire ${line}`), [
    { method: 'addPseudowire', request: { name: 'pw0', attributes, pseudowire } },
  ]);
  assert.deepEqual(await ctl.requests('interface set pseudowire pw0 name pw1 control-word off'), [
    {
      method: 'setPseudowire',
      request: { name: 'pw0', new_name: 'pw1', attributes: {}, pseudowire: { control_word: false } },
    },
  ]);
});

test('interfaces are enabled, disabled and listed', async () => {
  assert.deepEqual(await ctl.requests('mpls enable p0'), [
    { method: 'enableMpls', request: { iface: 'p0' } },
  ]);
  assert.deepEqual(await ctl.requests('mpls disable p0'), [
    { method: 'disableMpls', request: { iface: 'p0' } },
  ]);
  assert.equal((await ctl.run('mpls')).out, 'IFACE\np0\np1\n');
});

test('what is no label says what was expected', async () => {
  for (const line of [
    'label add 15 vrf red',
    'label add 1048576 vrf red',
    'label add 100 swap 200,,201 nexthop 7',
    'label config set range 2000-1000',
    'nexthop add mpls label x via 7',
    'nexthop add mpls label 100 via 7 tc 8',
  ]) {
    const { code, error } = await ctl.run(line);
    assert.notEqual(code, 0, line);
    assert.match(error, /expected/);
  }
});
