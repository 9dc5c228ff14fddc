import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ModeBits } from '../../engine/host/mode-bits.ts';
import { MOST_TRAPS, StageGuard } from '../../engine/host/stage-guard.ts';
import { stageOfTrap } from '../../engine/host/trap-stage.ts';
import { MODE_MEASURE } from '../../engine/layout.ts';
import { Bench } from '../../engine/testing/bench.ts';
import { type FaultKind, type FaultPlace, faultPayload, withFaults } from '../../engine/testing/faults.ts';
import { bridgeFirstLink } from '../../features/bridge/testing/bridged-link.ts';
import { Topology } from '../../features/ip/testing/topology.ts';
import { translateFirstLink } from '../../features/nat/testing/translated-link.ts';
import { etherFrame, ipv4Packet, ipv6Packet, udpDatagram } from '../../net/frame/build.ts';
import { packetPath } from './packet-path.ts';

// Every stage of the packet path goes wrong in turn, at its first and before its last statement, and the trap must be
// blamed on it: on the fast way, where all stages of the common paths are one function, and stage by stage.

const build = fileURLToPath(new URL('../../../build', import.meta.url));
const faulty = await withFaults(packetPath, `${build}/test-faults`);
const bench = await Bench.open(faulty, build);
const topology = new Topology(bench);
const { links } = topology;
const [from, to, narrow] = links;
const kinds: readonly FaultKind[] = ['unreachable', 'out-of-bounds', 'divide'];

const [[receiving] = []] = packetPath.commonPaths;
/** What makes packets take paths that plain ones do not take, by the stage behind the first one. */
const others: Readonly<Record<string, (topology: Topology) => () => void>> = {
  'bridge-input': bridgeFirstLink,
  'nat-input': translateFirstLink,
};
for (const path of packetPath.commonPaths.filter(([stage]) => stage === receiving)) {
  const version = path.includes('ip6-input') ? 1 : 0;
  const setUp = others[path[1] ?? ''];
  describe(`a trap on the common path ${path.join(', ')}`, () => {
    if (setUp) {
      let routeAgain = () => {};
      before(() => {
        routeAgain = setUp(topology);
      });
      after(() => routeAgain());
    }
    for (const stage of path) {
      it(`is blamed on ${stage}`, () => {
        for (const mode of [0, MODE_MEASURE]) {
          for (const kind of kinds) {
            for (const place of ['first', 'last'] as const) {
              bench.mode = mode;
              const stack = trapOf(() => bench.receive(0, [frame(version, stage, kind, place)]));
              assert.equal(blamed(stack), stage, `${kind} at the ${place} statement, mode ${mode}\n${stack}`);
              const isSent = stage === 'port-tx' && place === 'last'; // it is out of the stage's hands by then
              assert.equal(bench.recover(), isSent ? 0 : 1);
              assert.equal(bench.buffersOut, 0);
            }
          }
        }
        bench.mode = 0;
      });
    }
  });
}

describe('a trap of a stage beside the common paths', () => {
  const common = new Set(packetPath.commonPaths.filter(([stage]) => stage === receiving).flat());
  for (const stage of bench.datapath.info.graph.nodes.filter(({ kind }) => kind === 'stage')) {
    if (common.has(stage.name)) continue;
    it(`is blamed on ${stage.name}`, () => {
      for (const kind of kinds) {
        const packet = frame(0, stage.name, kind, 'first');
        const stack = trapOf(() => bench.inject(stage.name, packet, {}));
        assert.equal(blamed(stack), stage.name, `${kind}\n${stack}`);
        assert.equal(bench.recover(), 1);
        assert.equal(bench.buffersOut, 0);
      }
    });
  }
});

describe('a trap', () => {
  it('costs what was not finished of its burst, and what was sent before it leaves', () => {
    const broken = frame(0, 'ip4-forward', 'unreachable', 'last');
    const [before, after] = [
      [healthy(0), healthy(1)],
      [healthy(0), healthy(1), healthy(0)],
    ];
    trapOf(() => bench.receive(0, [...before, broken, ...after]));
    assert.equal(bench.recover(), 1 + after.length);
    assert.equal(bench.buffersOut, 0);
    assert.deepEqual(bench.receive(0, [healthy(0)]).ended, { sent: 1 });
    assert.equal(bench.buffersOut, 0);
  });

  it('is not met again by a short packet that gets its buffer, in which its bytes still are', () => {
    trapOf(() => bench.receive(0, [frame(0, 'port-rx', 'unreachable', 'first')]));
    assert.equal(bench.recover(), 1);
    for (let i = 0; i < 200; i++)
      assert.deepEqual(bench.receive(0, [short]).ended, { 'ether-unknown-type': 1 });
  });

  it('costs all of a burst that goes stage by stage', () => {
    bench.mode = MODE_MEASURE;
    trapOf(() => bench.receive(0, [healthy(0), frame(0, 'ip4-forward', 'divide', 'first'), healthy(1)]));
    bench.mode = 0;
    assert.equal(bench.recover(), 3);
    assert.equal(bench.buffersOut, 0);
  });

  it('costs no buffers that its stage has taken from the pool', () => {
    topology.route('198.51.100.0/24', topology.neighbor(narrow, { mtu: 600 }));
    const payload = new Uint8Array(1200);
    payload.set(faultPayload({ stage: 'ip4-fragment', kind: 'unreachable', place: 'last' }));
    const long = ipv4Frame({ source: from.host.address4, destination: '198.51.100.1' }, payload);
    const stack = trapOf(() => bench.receive(0, [long, healthy(0)]));
    assert.equal(blamed(stack), 'ip4-fragment');
    assert.ok(bench.recover() > 0);
    assert.equal(bench.buffersOut, 0);
  });
});

describe('a stage that traps again and again', () => {
  const guard = new StageGuard(bench.view, new ModeBits(bench.view));
  const forward = bench.node('ip4-forward');

  it('is switched off at the tenth time within ten seconds, and its packets are dropped by name', () => {
    for (let i = 0; i < 20; i++) assert.equal(guard.note(forward, i * 2000), false);
    assert.equal(guard.disabled.size, 0);
    for (let i = 0; i < MOST_TRAPS - 1; i++) assert.equal(guard.note(forward, 100_000 + i), false);
    assert.equal(guard.note(forward, 100_100), true);
    const { ended } = bench.receive(0, [healthy(0), frame(0, 'ip4-forward', 'divide', 'first'), healthy(1)]);
    assert.deepEqual(ended, { 'stage-disabled': 2, sent: 1 });
    assert.equal(bench.buffersOut, 0);
  });

  it('works again when it is switched on', () => {
    assert.equal(guard.enable(forward), true);
    assert.equal(guard.enable(forward), false);
    assert.deepEqual(bench.receive(0, [healthy(0), healthy(1)]).ended, { sent: 2 });
    assert.equal(guard.note(forward, 100_200), false);
    assert.equal(guard.traps(forward), 20 + MOST_TRAPS + 1);
  });

  it('is never the one that receives: its traps cost single bursts', () => {
    for (let i = 0; i < 100; i++) assert.equal(guard.note(0, i), false);
    assert.deepEqual(bench.receive(0, [healthy(0)]).ended, { sent: 1 });
  });
});

function trapOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) return error.stack ?? '';
    throw error;
  }
  return assert.fail('expected a trap');
}

function blamed(stack: string): string | undefined {
  const { graph, places } = bench.datapath.info;
  return graph.nodes[stageOfTrap(stack, places) ?? -1]?.name;
}

function frame(version: number, stage: string, kind: FaultKind, place: FaultPlace): Uint8Array {
  return frameWith(version, faultPayload({ stage, kind, place }));
}

function healthy(version: number): Uint8Array {
  return frameWith(version, new Uint8Array(32));
}

function frameWith(version: number, payload: Uint8Array): Uint8Array {
  if (version === 0) {
    return ipv4Frame({ source: from.host.address4, destination: to.host.address4 }, payload);
  }
  const addresses = { source: from.host.address6, destination: to.host.address6 };
  const udp = udpDatagram({ source: 1, destination: 2 }, payload);
  return etherOf(0x86dd, ipv6Packet({ ...addresses, nextHeader: 17, hopLimit: 9 }, udp));
}

/** A frame as long as an ARP request, 42 bytes: nothing of a datagram's payload is written over. */
const short = etherOf(0x0806, new Uint8Array(28));

function ipv4Frame(addresses: { source: string; destination: string }, payload: Uint8Array): Uint8Array {
  const udp = udpDatagram({ source: 1, destination: 2 }, payload);
  return etherOf(0x0800, ipv4Packet({ ...addresses, protocol: 17, ttl: 9 }, udp));
}

function etherOf(etherType: number, packet: Uint8Array): Uint8Array {
  return etherFrame({ destination: from.mac, source: from.host.mac, etherType }, packet);
}
