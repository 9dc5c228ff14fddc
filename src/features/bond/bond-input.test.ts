import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { MODE_MEASURE } from '../../engine/layout.ts';
import type { Interface } from '../interface/index.ts';
import { BondBench, flow } from './testing/bond-bench.ts';

let bench: BondBench;
let bond: Interface;

/** What bond0 receives leaves by p9 as it is. */
beforeEach(async () => {
  bench = await BondBench.open();
  bond = await bench.bond({}, 2);
  const { id: domain } = bench.links.port(9);
  await bench.links.interfaces.set('bond0', { domain });
});

const receive = (port: number, frame: Uint8Array) => bench.links.receive(port, frame);

describe('what a member receives', () => {
  for (const [way, mode] of [
    ['the fast way', 0],
    ['stage by stage', MODE_MEASURE],
  ] as const)
    it(`is what the bond has received, ${way}`, () => {
      bench.links.bench.mode = mode;
      const { sent } = receive(1, flow(1));
      assert.deepEqual(
        sent.map(({ port, bytes }) => [port, bytes]),
        [[9, flow(1)]],
      );
      assert.deepEqual([bench.links.received('p1'), bench.links.received('bond0')], [1, 1]);
      bench.links.bench.mode = 0;
    });

  it('is dropped where its bond does not use it', () => {
    assert.deepEqual(receive(2, flow(1)).ended, { 'bond-inactive': 1 });
    bench.link(1, false);
    assert.equal(receive(2, flow(1)).sent.length, 1);
    assert.deepEqual(receive(1, flow(1)).ended, { 'bond-inactive': 1 });
  });

  it('is dropped where the bond is down', async () => {
    await bench.links.interfaces.set('bond0', { up: false });
    assert.deepEqual(receive(1, flow(1)).ended, { 'bond-down': 1 });
  });

  it('is dropped where it is shorter than an Ethernet header', () => {
    assert.deepEqual(receive(1, flow(1).subarray(0, 13)).ended, { 'bond-truncated': 1 });
  });
});

describe('what concerns the link alone', () => {
  it('is for the host, by whichever member it comes', () => {
    const { bench: datapath } = bench.links;
    const lldp = flow(1).fill(0, 0, 6);
    lldp.set([0x01, 0x80, 0xc2, 0, 0, 0x0e]);
    for (const port of [1, 2]) assert.deepEqual(receive(port, lldp).ended, { 'bond-link-local': 1 });
    datapath.view.setUint16(datapath.region('ETHER_OTHERS'), datapath.node('host-frame'), true);
    const { events, ended } = receive(2, lldp);
    assert.deepEqual(ended, { punted: 1 });
    assert.equal(events[0]?.iface, bench.links.interfaces.named('find', 'p2').id);
    assert.equal(bench.links.received('bond0'), 0);
  });
});

it('a bond that is gone leaves its members routed', async () => {
  await bench.links.interfaces.remove('bond0');
  assert.deepEqual(receive(1, flow(1)).ended, { 'ether-other-station': 1 });
  assert.equal(bench.links.interfaces.find(bond.id), undefined);
});
