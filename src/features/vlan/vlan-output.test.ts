import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { INTERFACE_RECORD_BYTES } from '../interface/layout.ts';
import type { LinkBench } from '../interface/testing/link-bench.ts';
import { openVlanBench, tagged } from './testing/vlan-bench.ts';
import type { Vlans } from './vlans.ts';

let links: LinkBench;
let vlans: Vlans;

/** What p1 receives leaves by a VLAN on p2. */
beforeEach(async () => {
  ({ links, vlans } = await openVlanBench());
  links.port(1);
  links.port(2);
  vlans.add('p2.5', { parent: 'p2', vlanId: 5, proto: '802.1q' }, {});
  await links.interfaces.set('p1', { domain: links.interfaces.named('find', 'p2.5').id });
});

describe('what leaves by a sub-interface', () => {
  it('gets its tag', () => {
    const { sent } = links.receive(1, tagged());
    assert.deepEqual(
      sent.map(({ port, bytes }) => [port, bytes]),
      [[2, tagged([0x8100, 5])]],
    );
    assert.deepEqual([links.sent('p2.5'), links.sent('p2')], [1, 1]);
  });

  it("gets a service provider's tag where the sub-interface says so", async () => {
    await vlans.set('p2.5', { proto: '802.1ad', vlanId: 4094 }, {});
    assert.deepEqual(links.receive(1, tagged()).sent[0]?.bytes, tagged([0x88a8, 4094]));
  });

  it('gets the tags of all it is stacked on, the outermost first', async () => {
    await vlans.set('p2.5', { proto: '802.1ad' }, {});
    vlans.add('p2.5.6', { parent: 'p2.5', vlanId: 6, proto: '802.1q' }, {});
    await links.interfaces.set('p1', { domain: links.interfaces.named('find', 'p2.5.6').id });
    assert.deepEqual(links.receive(1, tagged()).sent[0]?.bytes, tagged([0x88a8, 5], [0x8100, 6]));
  });

  it('goes when it lies in several segments', () => {
    assert.deepEqual(links.receive(1, tagged(), { segmentBytes: 16 }).sent[0]?.bytes, tagged([0x8100, 5]));
  });

  it('is dropped where the sub-interface or its parent is down', async () => {
    const { bench, interfaces } = links;
    const output = interfaces.named('find', 'p2.5').id;
    await interfaces.set('p2', { up: false });
    assert.deepEqual(bench.inject('frame-output', tagged(), { output }).ended, { 'output-down': 1 });
    await interfaces.set('p2', { up: true });
    await interfaces.set('p2.5', { up: false });
    assert.deepEqual(bench.inject('frame-output', tagged(), { output }).ended, { 'output-down': 1 });
  });

  it('is dropped where its parent sends no frames any more', async () => {
    const { bench, interfaces } = links;
    const { id: output, ...vlan } = interfaces.named('find', 'p2.5');
    assert.ok(vlan.parent);
    const record = bench.region('INTERFACES') + vlan.parent * INTERFACE_RECORD_BYTES;
    bench.view.setUint16(record + 12, 0, true);
    assert.deepEqual(bench.inject('frame-output', tagged(), { output }).ended, { 'frame-no-output': 1 });
  });

  it('is dropped when no room is left in front for a tag', () => {
    let parent = 'p2.5';
    for (let depth = 0; depth < 32; depth++) {
      const name = `deep${depth}`;
      vlans.add(name, { parent, vlanId: 1, proto: '802.1q' }, {});
      parent = name;
    }
    const output = links.interfaces.named('find', parent).id;
    assert.deepEqual(links.bench.inject('frame-output', tagged(), { output }).ended, { 'vlan-no-room': 1 });
  });
});
