import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  icmpMessage,
  icmpv6Message,
  ipv4Packet,
  ipv6Options,
  ipv6Packet,
  joinBytes,
} from '../../net/frame/build.ts';
import { packetIn } from '../ip/testing/topology.ts';
import { openHostBench } from './testing/host-bench.ts';
import { listenerReport } from './testing/listener-report.ts';

const topology = await openHostBench();
const { bench } = topology;
const [first] = topology.links;
const payload = new Uint8Array(32).fill(7);
const ends4 = { source: first.address4, destination: first.host.address4 };
const ends6 = { source: first.address6, destination: first.host.address6 };

describe('a packet that the host sends by a TUN', () => {
  it('is routed in its VRF with the time to live it has', () => {
    const ping4 = ipv4Packet({ ...ends4, protocol: 1, ttl: 1 }, icmpMessage({ type: 8 }, payload));
    const ping6 = ipv6Packet(
      { ...ends6, nextHeader: 58, hopLimit: 1 },
      icmpv6Message({ type: 128 }, payload, ends6),
    );
    for (const ping of [ping4, ping6]) {
      const { sent, ended } = bench.inject('tun-input', ping, { vrf: 1 });
      assert.deepEqual(ended, { sent: 1 });
      assert.equal(sent[0]?.port, first.port);
      assert.deepEqual(packetIn(sent[0]), ping);
    }
  });

  it('is dropped when it is no IP packet, or a broken one', () => {
    const ping = ipv4Packet({ ...ends4, protocol: 1 }, payload);
    const cases = [
      ['tun-not-ip', new Uint8Array(0)],
      ['tun-not-ip', ping.with(0, 0x55)],
      ['tun-not-ip', new Uint8Array(64)],
      ['ip4-truncated', ping.subarray(0, 12)],
      ['ip4-bad-length', ping.subarray(0, 40)],
      ['ip6-truncated', Uint8Array.of(0x60, 0, 0, 0)],
    ] as const;
    for (const [name, bytes] of cases) {
      assert.deepEqual(bench.inject('tun-input', bytes, { vrf: 1 }).ended, { [name]: 1 }, name);
    }
    assert.equal(bench.buffersOut, 0);
  });
});

describe("what the host's kernel says for itself", () => {
  it('stays on the host: router solicitations and the check of its own addresses', () => {
    const cases = [
      { type: 133, source: 'fe80::1', destination: 'ff02::2' },
      { type: 135, source: '::', destination: 'ff02::1:ff00:1' },
    ];
    for (const { type, ...ends } of cases) {
      const message = ipv6Packet(
        { ...ends, nextHeader: 58, hopLimit: 255 },
        icmpv6Message({ type }, payload, ends),
      );
      assert.deepEqual(bench.inject('tun-input', message, { vrf: 1 }).ended, { 'host-kernel-noise': 1 });
    }
  });

  it('stays on the host: reports of the groups that come with addresses', () => {
    const kernel = [['ff02::1:ff00:1'], ['ff02::2'], ['ff05::2', 'ff02::1:ffab:cdef'], []];
    for (const groups of kernel) {
      const { ended } = bench.inject('tun-input', listenerReport(groups), { vrf: 1 });
      assert.deepEqual(ended, { 'host-kernel-noise': 1 }, groups.join());
    }
  });

  it('does not hide reports of groups that programs join, nor broken ones', () => {
    const whole = listenerReport(['ff02::1:ff00:1', 'ff02::5']);
    const short = joinBytes(whole.subarray(0, whole.length - 8));
    new DataView(short.buffer).setUint16(4, short.length - 40);
    for (const report of [whole, short, listenerReport(['ff02::1'])]) {
      assert.deepEqual(bench.inject('tun-input', report, { vrf: 1 }).ended, { 'ip6-no-route': 1 });
    }
  });

  it('is told from a message behind other options', () => {
    const ends = { source: 'fe80::1', destination: 'ff02::2' };
    const solicitation = icmpv6Message({ type: 133 }, payload, ends);
    const behind = joinBytes(ipv6Options(58, new Uint8Array(0)), solicitation);
    const message = ipv6Packet({ ...ends, nextHeader: 60 }, behind);
    assert.deepEqual(bench.inject('tun-input', message, { vrf: 1 }).ended, { 'host-kernel-noise': 1 });
  });
});
