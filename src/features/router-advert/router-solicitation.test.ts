import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EVENT_BYTES, EVENT_SLOTS, WORKER_AREAS, WORKER_EVENTS } from '../../engine/layout.ts';
import { etherFrame, icmpv6Message, ipv6Packet } from '../../net/frame/build.ts';
import { Topology } from '../ip/testing/topology.ts';
import { SOLICITATION_QUEUE } from './layout.ts';

const topology = await Topology.open();
const [first, second] = topology.links;
const { setAdvertising } = topology.bench.tables<{ setAdvertising(iface: number, on: number): void }>([
  'setAdvertising',
]);
topology.take('icmp6', 133, 'router-solicitation');
setAdvertising(first.id, 1);

const ownMac = Uint8Array.of(1, 1, 2, 0, 0, 0, 1, 1);

interface Question {
  readonly source?: string;
  readonly hopLimit?: number;
  readonly code?: number;
  readonly options?: Uint8Array;
  readonly missing?: number;
}

function question({
  source = 'fe80::99',
  hopLimit = 255,
  code = 0,
  options = ownMac,
  missing = 0,
}: Question) {
  const ends = { source, destination: 'ff02::2' };
  const whole = icmpv6Message({ type: 133, code }, options, ends);
  return ipv6Packet({ ...ends, nextHeader: 58, hopLimit }, whole.subarray(0, whole.length - missing));
}

const ask = (fields: Question = {}, link = first) =>
  topology.receive(link, question(fields), { destination: '33:33:00:00:00:02' });

describe('router-solicitation', () => {
  it('tells the control thread on which interface somebody asks', () => {
    for (const fields of [{}, { options: new Uint8Array(0) }, { source: '::', options: new Uint8Array(0) }]) {
      const { ended, events } = ask(fields);
      assert.deepEqual(ended, { consumed: 1 });
      assert.deepEqual(
        events.map(({ stage, iface, vrf, packet }) => ({ stage, iface, vrf, packet })),
        [{ stage: 'router-solicitation', iface: first.id, vrf: 1, packet: undefined }],
      );
    }
  });

  it('leaves it to the host where the interface does not announce the router, if there is one', () => {
    assert.deepEqual(ask({}, second).ended, { 'rs-not-advertised': 1 });
    topology.take('protocol6', 0, 'host-deliver');
    assert.deepEqual(ask({}, second).events[0]?.stage, 'host-deliver');
    topology.take('protocol6', 0, undefined);
  });

  it('hears it again no more once the interface has stopped, and the next one does not mind', () => {
    setAdvertising(second.id, 1);
    setAdvertising(first.id, 0);
    assert.deepEqual(ask().ended, { 'rs-not-advertised': 1 });
    assert.deepEqual(ask({}, second).ended, { consumed: 1 });
    setAdvertising(first.id, 1);
    setAdvertising(second.id, 0);
  });

  it('drops what RFC 4861 6.1.1 forbids, each under its name', () => {
    const cases: readonly [string, Question][] = [
      ['rs-bad-hop-limit', { hopLimit: 254 }],
      ['rs-bad-code', { code: 1 }],
      ['rs-bad-option', { options: Uint8Array.of(1, 0, 2, 0, 0, 0, 1, 1) }],
      ['rs-bad-option', { options: Uint8Array.of(1, 2, 2, 0, 0, 0, 1, 1) }],
      ['rs-bad-option', { source: '::' }],
      ['icmp6-truncated', { options: new Uint8Array(0), missing: 1 }],
      ['icmp6-bad-checksum', { missing: 1 }],
    ];
    for (const [drop, fields] of cases) {
      const { ended, events } = ask(fields);
      assert.deepEqual([ended, events], [{ [drop]: 1 }, []], JSON.stringify(fields));
    }
  });

  it('drops what does not lie in one buffer', () => {
    const { ended } = topology.receive(first, question({}), { segmentBytes: 64 });
    assert.deepEqual(ended, { 'rs-truncated': 1 });
  });

  it('hears nothing from programs of this host', () => {
    const { ended } = topology.bench.inject('router-solicitation', question({}), {
      iface: first.id,
      note: 40,
      flags: 1,
    });
    assert.deepEqual(ended, { 'rs-not-from-link': 1 });
  });

  it('drops those that come too fast for the control thread, and leaves the rest of its ring to others', () => {
    const frame = etherFrame(
      { destination: '33:33:00:00:00:02', source: first.host.mac, etherType: 0x86dd },
      question({}),
    );
    const ring = WORKER_AREAS + WORKER_EVENTS;
    const written = topology.bench.view.getUint32(ring, true);
    for (let i = 0; i < SOLICITATION_QUEUE - 1; i++)
      topology.bench.view.setUint32(ring + 64 + ((written + i) % EVENT_SLOTS) * EVENT_BYTES + 4, 0, true);
    topology.bench.view.setUint32(ring, written + SOLICITATION_QUEUE - 1, true);
    assert.deepEqual(topology.bench.receive(first.port, [frame, frame]).ended, {
      consumed: 1,
      'rs-queue-full': 1,
    });
  });
});
