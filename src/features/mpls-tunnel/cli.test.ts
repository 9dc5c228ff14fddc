import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CtlBench } from '../../engine/host/api/testing/ctl-bench.ts';
import { fakeService } from '../../engine/host/api/testing/fake-service.ts';
import { mplsTunnelCommands } from './cli.ts';
import { MplsTunnelService } from './mpls_tunnel_pb.js';

const tunnels = [
  {
    vrf: 'main',
    id: 7,
    encap: 'mplsoudp',
    local: '10.0.0.1',
    remote: '10.0.9.9',
    dstPort: 6635,
    mtu: 1472,
    state: 'up',
    txPackets: 3n,
    txBytes: 300n,
  },
  { vrf: 'main', id: 8, encap: 'mplsogre', remote: 'fd00::9', mtu: 1456, state: 'down' },
];

const ctl = new CtlBench({
  commands: mplsTunnelCommands,
  services: [
    fakeService(MplsTunnelService, {
      addMplsTunnel: () => ({ tunnel: { id: 12, encap: 'mplsogre' } }),
      chooseEncapsulation: () => ({ encap: 'mplsogre' }),
      async *listMplsTunnels() {
        for (const tunnel of tunnels) yield { tunnels: [tunnel] };
      },
    }),
  ],
});
before(() => ctl.start());
after(() => ctl.close());

test('tunnels are added with all that is known of them', async () => {
  const ends = 'remote 10.0.9.9 vrf red local 10.0.0.1 id 7';
  const request = { id: 7, remote: '10.0.9.9', local: '10.0.0.1', vrf: 'red' };
  assert.deepEqual(await ctl.requests(`nexthop add mplsoudp ${ends} dst_port 51234`), [
    { method: 'addMplsTunnel', request: { ...request, dst_port: 51234, encap: ['mplsoudp'], offers: [] } },
  ]);
  assert.deepEqual(await ctl.requests(`nexthop add mplsogre ${ends}`), [
    { method: 'addMplsTunnel', request: { ...request, encap: ['mplsogre'], offers: [] } },
  ]);
});

test('the lists of encapsulations reach the request in their order', async () => {
  const line = 'nexthop add mpls-tunnel remote fd00::9 encap vxlan,MPLSoGRE offers mplsogre';
  assert.deepEqual(await ctl.requests(line), [
    {
      method: 'addMplsTunnel',
      request: { remote: 'fd00::9', encap: ['vxlan', 'MPLSoGRE'], offers: ['mplsogre'] },
    },
  ]);
  assert.deepEqual(await ctl.json('mpls-tunnel choose encap mplsogre,vxlan offers vxlan,mplsogre'), {
    encap: 'mplsogre',
  });
});

test('the id that the router chose is told, with the encapsulation', async () => {
  assert.deepEqual(await ctl.json('nexthop add mpls-tunnel remote fd00::9'), { id: 12, encap: 'mplsogre' });
  assert.equal((await ctl.run('nexthop add mplsogre remote fd00::9 id 4')).out, '');
});

test('tunnels of several batches are listed', async () => {
  const { out } = await ctl.run('mpls-tunnel');
  assert.equal(
    out,
    [
      'VRF   ID  ENCAP     LOCAL     REMOTE    DST_PORT   MTU  STATE  TX_PACKETS  TX_BYTES',
      'main   7  mplsoudp  10.0.0.1  10.0.9.9      6635  1472  up     3           300',
      'main   8  mplsogre            fd00::9             1456  down   0           0',
      '',
    ].join('\n'),
  );
});
