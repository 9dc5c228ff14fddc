import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { setImmediate as settled } from 'node:timers/promises';
import { parseAddress } from '../../net/address.ts';
import { AGEING_MS, FarEnds, MAX_LEARNT, type TunnelRouter } from './far-ends.ts';
import { FloodLists, MAX_FAR_ENDS } from './flood-lists.ts';
import { VxlanBench } from './testing/vxlan-bench.ts';

const { topology } = await VxlanBench.open();
let now = 0;
let events: string[] = [];
const router: TunnelRouter = {
  tables: topology.bench.tables,
  quiet: () => Promise.resolve(),
  emit: ({ type, text }) => void events.push(`${type}: ${text}`),
  log: { warn: () => {}, error: () => {} },
};

describe('far ends', () => {
  beforeEach(() => {
    events = [];
    now += 1_000_000_000;
  });

  it('those that are learnt are forgotten when nothing has come from them for long', async () => {
    const farEnds = new FarEnds(router, () => now);
    const one = farEnds.learn(parseAddress('192.0.2.101'));
    assert.ok(one);
    assert.deepEqual(farEnds.learn(parseAddress('192.0.2.101')), one);
    now += AGEING_MS;
    farEnds.tick();
    assert.equal(farEnds.find(one.name), one);
    now += 1;
    farEnds.tick();
    await settled();
    assert.equal(farEnds.find(one.name), undefined);
    assert.deepEqual(events, ['vtep add: 192.0.2.101 origin=learn', 'vtep del: 192.0.2.101']);
  });

  it('those that users name stay as long as they name them', () => {
    const farEnds = new FarEnds(router, () => now);
    const held = farEnds.hold('test', parseAddress('2001:db8::102'));
    farEnds.hold('test', parseAddress('2001:db8::102'));
    assert.deepEqual(farEnds.counts, { static: 1, learn: 0 });
    for (const left of [1, 0]) {
      now += AGEING_MS + 1;
      farEnds.tick();
      assert.equal(farEnds.find(held.name), held);
      farEnds.release(held.name);
      assert.deepEqual(farEnds.counts, { static: left, learn: 1 - left });
    }
    now += AGEING_MS + 1;
    farEnds.tick();
    assert.equal(farEnds.find(held.name), undefined);
  });

  it('are learnt up to a limit, and it is said once when it is reached', () => {
    const farEnds = new FarEnds(router, () => now);
    for (let i = 0; i < MAX_LEARNT; i++)
      assert.ok(farEnds.learn(parseAddress(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`)), String(i));
    assert.equal(farEnds.learn(parseAddress('192.0.2.1')), undefined);
    assert.equal(farEnds.learn(parseAddress('192.0.2.2')), undefined);
    assert.deepEqual(
      events.filter((line) => line.startsWith('vtep full')),
      [`vtep full: ${MAX_LEARNT} far ends are known`],
    );
    assert.ok(farEnds.hold('test', parseAddress('192.0.2.3')), 'users can still name some');
    now += AGEING_MS + 1;
    farEnds.tick();
    assert.ok(farEnds.learn(parseAddress('192.0.2.1')));
  });
});

describe('flood lists', () => {
  it('hold each far end once, up to a limit', () => {
    const farEnds = new FarEnds(router, () => now);
    const floods = new FloodLists(router, farEnds);
    const entry = (i: number) => ({ vrf: 1, vni: 9, address: parseAddress(`172.16.${i >> 8}.${i & 255}`) });
    for (let i = 0; i < MAX_FAR_ENDS; i++) floods.add('test', entry(i));
    assert.throws(() => floods.add('test', entry(3)), { code: 'EEXIST' });
    assert.throws(() => floods.add('test', entry(MAX_FAR_ENDS)), { code: 'ENOSPC' });
    assert.equal(floods.size, MAX_FAR_ENDS);
    for (let i = 0; i < MAX_FAR_ENDS; i++) floods.remove('test', entry(i));
    assert.throws(() => floods.remove('test', entry(0)), { code: 'ENOENT' });
    assert.deepEqual(farEnds.counts, { static: 0, learn: MAX_FAR_ENDS });
    assert.deepEqual(floods.list(), []);
  });
});
