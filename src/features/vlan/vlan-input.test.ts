import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import type { LinkBench } from '../interface/testing/link-bench.ts';
import { openVlanBench, tagged } from './testing/vlan-bench.ts';
import type { Vlans } from './vlans.ts';

const RX_VLAN_STRIPPED = 0x41n;

let links: LinkBench;
let vlans: Vlans;

/** p1 has VLANs 5 and 6; what they receive leaves by p2 as it is then. */
beforeEach(async () => {
  ({ links, vlans } = await openVlanBench());
  links.port(1);
  const { id: domain } = links.port(2);
  vlans.add('p1.5', { parent: 'p1', vlanId: 5, proto: '802.1q' }, { domain });
  vlans.add('p1.6', { parent: 'p1', vlanId: 6, proto: '802.1q' }, { domain });
});

const statsOf = (name: string) => links.received(name);

describe('a frame with a VLAN tag', () => {
  it('goes on without it as one of the sub-interface that has the VLAN', () => {
    for (const type of [0x8100, 0x88a8]) {
      const { sent } = links.receive(1, tagged([type, 0xe005]));
      assert.deepEqual(
        sent.map(({ port, bytes }) => [port, bytes]),
        [[2, tagged()]],
      );
    }
    assert.deepEqual([statsOf('p1.5'), statsOf('p1.6'), statsOf('p1')], [2, 0, 2]);
  });

  it('keeps the tags behind it', () => {
    const { sent } = links.receive(1, tagged([0x88a8, 6], [0x8100, 0x2007]));
    assert.deepEqual(sent[0]?.bytes, tagged([0x8100, 0x2007]));
  });

  it('goes on when it lies in several segments', () => {
    const { sent } = links.receive(1, tagged([0x8100, 5]), { segmentBytes: 20 });
    assert.deepEqual(sent[0]?.bytes, tagged());
  });

  it('is dropped where no interface has the VLAN', () => {
    for (const vlanId of [4, 7, 4095])
      assert.deepEqual(links.receive(1, tagged([0x8100, vlanId])).ended, { 'vlan-unknown': 1 });
  });

  it('goes on with it where no interface has the VLAN and its own is bound to another', async () => {
    await links.interfaces.set('p1', { domain: links.interfaces.named('find', 'p2').id });
    assert.deepEqual(links.receive(1, tagged([0x8100, 7])).sent[0]?.bytes, tagged([0x8100, 7]));
    assert.deepEqual(links.receive(1, tagged([0x8100, 0xe000])).sent[0]?.bytes, tagged([0x8100, 0xe000]));
    assert.deepEqual(links.receive(1, tagged([0x8100, 5])).sent[0]?.bytes, tagged());
  });

  it('is dropped where the interface has no sub-interfaces at all', () => {
    links.port(3);
    const frame = tagged([0x8100, 5]);
    frame[5] = 3;
    assert.deepEqual(links.receive(3, frame).ended, { 'vlan-unknown': 1 });
  });

  it('is dropped when the sub-interface is down', async () => {
    await links.interfaces.set('p1.5', { up: false });
    assert.deepEqual(links.receive(1, tagged([0x8100, 5])).ended, { 'interface-down': 1 });
  });

  it('is dropped when it ends within the tag', () => {
    assert.deepEqual(links.receive(1, tagged([0x8100, 5]).subarray(0, 17)).ended, { 'vlan-truncated': 1 });
  });
});

describe('what has no VLAN', () => {
  it('is received by the interface itself', () => {
    assert.deepEqual(links.receive(1, tagged()).ended, { 'ether-unknown-type': 1 });
    assert.deepEqual(links.receive(1, tagged().subarray(0, 13)).ended, { 'ether-truncated': 1 });
    assert.equal(statsOf('p1.5'), 0);
  });

  it('is received without the tag that says its priority, with sub-interfaces and without', () => {
    const { bench } = links;
    const types = bench.region('ETHER_TYPES');
    bench.view.setUint16(types + 0xb588 * 2, bench.node('ip-blackhole'), true);
    links.port(3);
    for (const port of [1, 3]) {
      const frame = tagged([0x8100, 0xe000]);
      frame[5] = port;
      assert.deepEqual(links.receive(port, frame).ended, { blackhole: 1 });
    }
  });

  it('is dropped when there is nothing behind that tag, or one more', () => {
    assert.deepEqual(links.receive(1, tagged([0x8100, 0]).subarray(0, 16)).ended, { 'vlan-truncated': 1 });
    assert.deepEqual(links.receive(1, tagged([0x8100, 0], [0x8100, 0])).ended, { 'ether-unknown-type': 1 });
  });
});

describe('a tag that the port has taken out', () => {
  const receive = (vlanTci: number) => links.receive(1, tagged(), { olFlags: RX_VLAN_STRIPPED, vlanTci });

  it('counts as one in the frame', () => {
    assert.deepEqual(receive(0xe005).sent[0]?.bytes, tagged());
    assert.deepEqual(receive(7).ended, { 'vlan-unknown': 1 });
    assert.deepEqual(receive(0xe000).ended, { 'ether-unknown-type': 1 });
    assert.equal(statsOf('p1.5'), 1);
  });
});

describe('a stacked sub-interface', () => {
  it('receives what has both tags', () => {
    const domain = links.interfaces.named('find', 'p2').id;
    vlans.add('p1.9', { parent: 'p1', vlanId: 9, proto: '802.1ad' }, {});
    vlans.add('p1.9.5', { parent: 'p1.9', vlanId: 5, proto: '802.1q' }, { domain });
    const { sent } = links.receive(1, tagged([0x88a8, 9], [0x8100, 5]));
    assert.deepEqual(sent[0]?.bytes, tagged());
    assert.deepEqual([statsOf('p1.9'), statsOf('p1.9.5'), statsOf('p1.5')], [1, 1, 0]);
  });
});
