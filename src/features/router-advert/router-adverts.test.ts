import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { parsePrefix } from '../../net/prefix.ts';
import { LinkBench } from '../interface/testing/link-bench.ts';
import { Addresses } from '../ip/addresses.ts';
import { RouterAdverts } from './router-adverts.ts';

let links: LinkBench;
let addresses: Addresses;
let adverts: RouterAdverts;
let nowMs = 0;

beforeEach(async () => {
  links = await LinkBench.open();
  addresses = new Addresses(links.interfaces);
  nowMs = 1_000_000;
  const clock = { nowMs: () => nowMs, random: () => 0.5 };
  adverts = new RouterAdverts({ router: links.router, interfaces: links.interfaces, addresses, ...clock });
  links.port(1);
  addresses.add(find('p1'), parsePrefix('2001:db8:1::1/64'));
  links.router.look();
});

const find = (name: string) => links.interfaces.named('find', name);

/** Lets so many seconds pass, and gives what was said meanwhile. */
function pass(seconds: number): readonly Said[] {
  for (const end = nowMs + seconds * 1000; nowMs < end; ) {
    nowMs += 100;
    adverts.tick();
  }
  return said();
}

const said = () => links.router.look().sent.map(read);

type Said = ReturnType<typeof read>;

/** The numbers of an advertisement, by RFC 4861 4.2 and 4.6. */
function read(frame: Uint8Array) {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const prefixes: string[] = [];
  let mtu = 0;
  for (let at = 70; at < frame.length; at += view.getUint8(at + 1) * 8) {
    const kind = view.getUint8(at);
    if (kind === 5) mtu = view.getUint32(at + 4);
    if (kind !== 3) continue;
    const network = [0, 2, 4].map((word) => view.getUint16(at + 16 + word).toString(16)).join(':');
    const flags = view.getUint8(at + 3).toString(16);
    prefixes.push(
      `${network}/${view.getUint8(at + 2)} ${flags} ${view.getUint32(at + 4)} ${view.getUint32(at + 8)}`,
    );
  }
  return { type: view.getUint8(54), lifetime: view.getUint16(60), mtu, prefixes };
}

const ours = '2001:db8:1/64 c0 2592000 604800';

describe('an interface that announces the router', () => {
  it('says so at once, twice more within 32 seconds, and then from time to time', () => {
    adverts.set(find('p1'), {});
    assert.deepEqual(pass(1), [{ type: 134, lifetime: 1800, mtu: 1500, prefixes: [ours] }]);
    assert.equal(pass(32).length, 2);
    assert.equal(pass(390).length, 0);
    assert.equal(pass(10).length, 1); // a third to the whole of 600 s: 399 s in the middle
  });

  it('answers those who ask half a second later at most, and all of them at once', () => {
    adverts.set(find('p1'), {});
    pass(60);
    const ask = () => links.router.take(solicited(find('p1').id));
    ask();
    ask();
    assert.deepEqual([pass(0.2).length, pass(0.3).length], [0, 1]);
    ask();
    assert.deepEqual([pass(2.5).length, pass(0.5).length], [0, 1]); // three seconds apart
    assert.deepEqual([adverts.list[0]?.sent, adverts.list[0]?.solicited], [5, 3]);
  });

  it('takes itself back when it is told to, when its interface goes, and when the router ends', async () => {
    for (const end of [
      () => adverts.clear(find('p1')),
      () => links.interfaces.remove('p1'),
      () => adverts.close(),
    ]) {
      if (!links.interfaces.findNamed('p1')) links.port(1);
      adverts.set(find('p1'), {});
      pass(1);
      await end();
      assert.deepEqual(said(), [{ type: 134, lifetime: 0, mtu: 1500, prefixes: [] }]);
      assert.deepEqual(pass(700), []);
    }
  });

  it('tells of a network that comes, and that one is no more', () => {
    adverts.set(find('p1'), { intervalS: 4 });
    pass(60);
    addresses.add(find('p1'), parsePrefix('2001:db8:2::1/56'));
    links.router.look();
    assert.deepEqual(pass(3)[0]?.prefixes, [ours, '2001:db8:2/56 80 2592000 604800']);
    addresses.remove(find('p1'), parsePrefix('2001:db8:1::1/64'));
    const told = pass(60).map(({ prefixes }) => prefixes);
    assert.deepEqual(told[0], ['2001:db8:2/56 80 2592000 604800', '2001:db8:1/64 c0 0 0']);
    assert.deepEqual(told.at(-1), ['2001:db8:2/56 80 2592000 604800']);
    assert.ok(told.filter((each) => each.length === 2).length >= 3);
  });

  it('says nothing while it is down, and comes back when it is up', async () => {
    adverts.set(find('p1'), {});
    pass(60);
    await links.interfaces.set('p1', { up: false });
    assert.equal(adverts.isActive(find('p1')), false);
    assert.deepEqual(pass(700), []);
    await links.interfaces.set('p1', { up: true });
    assert.equal(pass(4).length, 1);
  });

  it('is refused what RFC 4861 6.2.1 forbids', () => {
    for (const wanted of [
      { intervalS: 3 },
      { intervalS: 1801 },
      { lifetimeS: 599 },
      { intervalS: 10, lifetimeS: 9001 },
    ])
      assert.throws(() => adverts.set(find('p1'), wanted), { code: 'ERANGE' });
    assert.equal(adverts.set(find('p1'), { lifetimeS: 0 }).lifetimeS, 0);
    links.port(2, { outputStage: undefined });
    links.port(3, { access: true });
    for (const name of ['p2', 'p3']) assert.throws(() => adverts.set(find(name), {}), { code: 'EINVAL' });
    assert.throws(() => adverts.clear(find('p2')), { code: 'ENOENT' });
  });
});

/** What the stage tells of a solicitation. */
function solicited(iface: number) {
  const data = new Uint8Array(48);
  return { sent: [], ended: {}, events: [{ stage: 'router-solicitation', iface, vrf: 1, data }] };
}
