import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseAddress } from '../../net/address.ts';
import { parseMac } from '../../net/mac.ts';
import { Stations } from './stations.ts';
import { VxlanBench } from './testing/vxlan-bench.ts';

const bench = await VxlanBench.open();
const mac = parseMac('02:00:00:00:00:77');
const one = { name: 0x10001, address: parseAddress('192.0.2.1') };
const two = { name: 0x10002, address: parseAddress('192.0.2.2') };

function setUp() {
  const state = { now: 0, used: new Map<number, number>() };
  const count = (name: number, change: number) => state.used.set(name, (state.used.get(name) ?? 0) + change);
  const stations = new Stations(
    bench.topology.bench,
    { use: (name) => void count(name, 1), release: (name) => void count(name, -1) },
    () => state.now,
  );
  return { state, stations, known: () => [...stations.list()].map(({ far, origin }) => ({ far, origin })) };
}

describe('stations of routed tunnels', () => {
  it('move when they send from elsewhere, and their far ends are used as long', () => {
    const { state, stations, known } = setUp();
    stations.learn(9, mac, one);
    stations.learn(9, mac, two);
    assert.deepEqual(known(), [{ far: two.name, origin: 'learn' }]);
    assert.deepEqual(Object.fromEntries(state.used), { [one.name]: 0, [two.name]: 1 });
    assert.ok(stations.remove(9, mac));
    assert.ok(!stations.remove(9, mac));
    assert.equal(state.used.get(two.name), 0);
  });

  it('are forgotten after 300 seconds of silence, if they were learnt', () => {
    const { state, stations, known } = setUp();
    stations.learn(9, mac, one);
    stations.put('test', { iface: 10, mac, far: two.name });
    state.now = 300_000;
    stations.tick();
    assert.equal(stations.size, 2);
    state.now += 1;
    stations.tick();
    assert.deepEqual(known(), [{ far: two.name, origin: 'static' }]);
    stations.forget(10, 'learn');
    assert.equal(stations.size, 1);
    stations.forget(10, 'all');
    assert.equal(stations.size, 0);
  });

  it('stay where a user has said that they are', () => {
    const { stations, known } = setUp();
    stations.learn(9, mac, one);
    stations.put('test', { iface: 9, mac, far: one.name });
    stations.learn(9, mac, two);
    assert.deepEqual(known(), [{ far: one.name, origin: 'static' }]);
    stations.remove(9, mac);
  });

  it('are no groups', () => {
    const { stations } = setUp();
    const group = parseMac('01:00:5e:00:00:01');
    assert.throws(() => stations.put('test', { iface: 9, mac: group, far: 1 }), { code: 'EINVAL' });
  });

  it('are learnt up to a limit, beyond which users can still name some', () => {
    const { stations } = setUp();
    const at = (i: number) => parseMac(`02:01:00:00:${hex(i >> 8)}:${hex(i & 255)}`);
    for (let i = 0; i < 16384; i++) stations.learn(9, at(i), one);
    assert.equal(stations.size, 16384);
    stations.learn(9, at(16384), one);
    assert.equal(stations.size, 16384);
    stations.put('test', { iface: 9, mac: at(16384), far: one.name });
    assert.equal(stations.size, 16385);
    stations.forget(9, 'all');
    assert.equal(stations.size, 0);
  });
});

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}
