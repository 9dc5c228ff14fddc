import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { pino } from 'pino';
import type { Punt } from '../../engine/host/punts.ts';
import { parseMac } from '../../net/mac.ts';
import type { Interface } from '../interface/index.ts';
import { Fdb } from './fdb.ts';
import type { FdbEntry } from './fdb-entry.ts';
import { BRIDGE, BRIDGE_MAC, BridgeBench } from './testing/bridge-bench.ts';
import { stationKey } from './words.ts';

const STATION = '02:00:00:00:01:0a';
const OTHER = '02:00:00:00:01:0b';
const TUNNEL = 3;

const { fdb: table } = await BridgeBench.open();
let events: string[] = [];
let told: string[] = [];
let nowMs = 0;
let hear: (punt: Punt) => void = () => undefined;
let fdb: Fdb;

describe('the FDB', () => {
  beforeEach(() => {
    for (let place = table.next(0, {}); place !== undefined; place = table.next(place, {}))
      table.remove(place);
    fdb = newFdb();
    events = [];
    told = [];
  });

  it('learns a station, and notices that it has moved', () => {
    learn(STATION, 1);
    assert.equal(fdb.find(entry(STATION, 1))?.iface, 1);
    learn(STATION, 2);
    learn(STATION, 2);
    assert.equal(fdb.find(entry(STATION, 1))?.iface, 2);
    assert.equal(fdb.size, 1);
    assert.deepEqual(events, [
      `fdb add: bridge=br0 ${STATION} iface=p1 learn`,
      `fdb move: bridge=br0 ${STATION} iface=p2 learn`,
    ]);
    assert.deepEqual(told, ['added p1', 'added p2 before p1']);
  });

  it('learns nothing from a member that has left, and not the address of the bridge itself', () => {
    learn(STATION, 9);
    learn(BRIDGE_MAC, 1);
    assert.equal(fdb.size, 0);
  });

  it('keeps what a user has said, whoever says otherwise', () => {
    fdb.put('test', { ...entry(STATION, 1), origin: 'static' });
    learn(STATION, 2);
    assert.equal(fdb.find(entry(STATION, 1))?.iface, 1);
    assert.throws(() => fdb.put('test', { ...entry(STATION, 2), origin: 'extern' }), /a static one at p1/);
    fdb.put('test', { ...entry(STATION, 2), origin: 'static' });
    assert.equal(fdb.find(entry(STATION, 1))?.iface, 2);
  });

  it('lets what another program has said give way to the station itself', () => {
    fdb.put('test', { ...entry(STATION, 1), origin: 'extern' });
    learn(STATION, 2);
    assert.deepEqual(fdb.find(entry(STATION, 1)), entry(STATION, 2));
  });

  it('forgets stations that are silent for as long as their bridge waits, but no others', () => {
    learn(STATION, 1);
    fdb.put('test', { ...entry(OTHER, 1), origin: 'extern' });
    nowMs += 299_000;
    fdb.tick();
    assert.equal(fdb.size, 2);
    nowMs += 1000;
    fdb.tick();
    assert.equal(fdb.find(entry(STATION, 1)), undefined);
    assert.ok(fdb.find(entry(OTHER, 1)));
    assert.deepEqual(events.at(-1), `fdb del: bridge=br0 ${STATION} iface=p1 learn`);
    assert.deepEqual(told.at(-1), 'removed p1');
  });

  it('takes no more stations than its limit, says so once, and again when there was room meanwhile', () => {
    fdb.max = 2;
    for (const last of ['01', '02', '03', '04']) learn(`02:00:00:00:02:${last}`, 1);
    assert.equal(fdb.size, 2);
    const full = () => events.filter((line) => line === 'fdb full: max=2').length;
    assert.equal(full(), 1);
    assert.throws(() => fdb.put('test', { ...entry(STATION, 1), origin: 'static' }), /at most 2 entries/);
    assert.equal(full(), 1);
    fdb.flush({ bridge: BRIDGE });
    for (const last of ['01', '02', '03']) learn(`02:00:00:00:02:${last}`, 1);
    assert.equal(full(), 2);
  });

  it('flushes by bridge, member, address and origin', () => {
    const fill = () => {
      learn(STATION, 1);
      learn(OTHER, 2);
      fdb.put('test', { ...entry('02:00:00:00:01:0c', 2), origin: 'static' });
    };
    fill();
    assert.equal(fdb.flush({ iface: 2, origin: 'learn' }), 1);
    fill();
    assert.equal(fdb.flush({ mac: parseMac(STATION) }), 1);
    fill();
    assert.equal(fdb.flush({ bridge: BRIDGE }), 3);
    assert.equal(fdb.sizeOf(BRIDGE), 0);
  });

  it('keeps apart what is behind the far ends of a tunnel, and forgets one of them', () => {
    fdb.defineFarEnds('vxlan', {
      text: (_, far) => `192.0.2.${far}`,
      parse: (_doing, _iface, text) => Number(text.split('.')[3]),
    });
    learn(STATION, TUNNEL, 7);
    learn(STATION, TUNNEL, 8);
    learn(OTHER, TUNNEL, 7);
    assert.deepEqual(events.at(1), `fdb move: bridge=br0 ${STATION} iface=x3 vtep=192.0.2.8 learn`);
    assert.equal(fdb.farNamed('test', TUNNEL, '192.0.2.9'), 9);
    assert.throws(() => fdb.farNamed('test', 1, '192.0.2.9'), /a far end of a tunnel/);
    fdb.forgetFar(TUNNEL, 7);
    assert.deepEqual(
      [...fdb.list({})].map(({ far }) => far),
      [8],
    );
  });

  it('refuses what is no station, no VLAN and no member, with the reason', () => {
    for (const [wrong, reason] of [
      [{ mac: parseMac('01:00:5e:00:00:01') }, /the MAC address of one station/],
      [{ vlan: 4095 }, /a VLAN of 0 to 4094/],
      [{ iface: 9 }, /a member of a bridge/],
      [{ mac: parseMac(BRIDGE_MAC) }, /that of br0 itself/],
    ] as const)
      assert.throws(() => fdb.put('test', { ...entry(STATION, 1), ...wrong }), reason);
    assert.throws(() => {
      fdb.max = 131_073;
    }, /1 to 131072 entries/);
  });
});

function newFdb(): Fdb {
  nowMs = 5000;
  const made = new Fdb(
    {
      emit: ({ type, text }) => events.push(`${type}: ${text}`),
      log: pino({ enabled: false }),
      onPunt: (_, handler) => {
        hear = handler;
      },
    },
    { interfaces: { find: (id) => interfaces.get(id) }, table, nowMs: () => nowMs },
  );
  made.listen({
    added: (after, before) => told.push(`added p${after.iface}${before ? ` before p${before.iface}` : ''}`),
    removed: (gone) => told.push(`removed p${gone.iface}`),
  });
  return made;
}

function learn(mac: string, iface: number, far = 0): void {
  const data = new DataView(new ArrayBuffer(48));
  data.setBigUint64(0, stationKey({ bridge: BRIDGE, mac: parseMac(mac) }), true);
  data.setBigUint64(8, (BigInt(iface) << 32n) | BigInt(far), true);
  hear({ iface, vrf: 1, packet: undefined, data });
}

function entry(mac: string, iface: number): FdbEntry {
  return { bridge: BRIDGE, mac: parseMac(mac), vlan: 0, iface, far: 0, origin: 'learn' };
}

const interfaces = new Map(
  [
    named({ id: BRIDGE, name: 'br0', type: 'bridge', mac: parseMac(BRIDGE_MAC) }),
    named({ id: 1, name: 'p1', domain: BRIDGE }),
    named({ id: 2, name: 'p2', domain: BRIDGE }),
    named({ id: TUNNEL, name: 'x3', type: 'vxlan', domain: BRIDGE }),
    named({ id: 9, name: 'p9' }),
  ].map((iface) => [iface.id, iface]),
);

function named(fields: Pick<Interface, 'id' | 'name'> & Partial<Interface>): Interface {
  return {
    type: 'port',
    description: '',
    up: true,
    running: true,
    promisc: false,
    snooping: false,
    mode: 'VRF',
    vrf: 1,
    domain: 0,
    mtu: 1500,
    mac: parseMac('02:00:00:00:00:01'),
    speedMbps: 0,
    port: 0,
    outputStage: 'port-tx',
    checksumsOnSend: false,
    ...fields,
  };
}
