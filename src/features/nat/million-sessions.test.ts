import assert from 'node:assert/strict';
import { it } from 'node:test';
import { BURST_MAX } from '../../engine/layout.ts';
import { Rush } from '../../engine/testing/rush.ts';
import { parseIpv4 } from '../../net/address.ts';
import { parsePrefix } from '../../net/prefix.ts';
import { MAX_SESSIONS } from './layout.ts';
import { datagramOn, FRAME_BYTES, SOURCE_PORT } from './testing/datagrams.ts';
import { NatBench } from './testing/nat-bench.ts';

const FIRST_PORT = 1024;
const PORTS_OF_ONE = 64_512;
const STATIONS = Math.ceil(MAX_SESSIONS / PORTS_OF_ONE);

it(`has ${MAX_SESSIONS} sessions at a time, to one other end by ${STATIONS} addresses, and refuses one more`, async (context) => {
  const nat = await NatBench.open();
  const stations = Array.from({ length: STATIONS }, (_, i) => `10.0.1.${i + 2}`);
  nat.rules.writeSnat(
    'test',
    nat.outside.id,
    stations.map((station, i) => ({
      iface: nat.outside.id,
      subnet: parsePrefix(`${station}/32`),
      replace: parseIpv4(`10.0.2.${i + 100}`),
    })),
  );
  nat.rules.setFlags(nat.outside.id, { dnat: false, snat: true });
  const { datapath, memory, view } = nat.topology.bench;
  const bytes = new Uint8Array(memory.buffer);
  const frames = stations.map((station) => datagramOn(nat.inside, station, nat.outside.host.address4));
  const rush = new Rush({ module: datapath.module, memory, worker: 1 }, FRAME_BYTES);
  const send = (first: number, count: number) =>
    rush.pass(nat.inside.port, count, (at, index) => {
      bytes.set(frames[Math.floor((first + index) / PORTS_OF_ONE)] ?? [], at);
      view.setUint16(at + SOURCE_PORT, FIRST_PORT + ((first + index) % PORTS_OF_ONE));
    });

  const startedMs = performance.now();
  let sent = 0;
  for (let first = 0; first < MAX_SESSIONS; first += BURST_MAX) sent += send(first, BURST_MAX);
  context.diagnostic(`${MAX_SESSIONS} sessions in ${Math.round(performance.now() - startedMs)} ms`);
  assert.deepEqual([sent, nat.sessions.count], [MAX_SESSIONS, MAX_SESSIONS]);
  const spec = { kind: 'udp', source: '10.0.1.2', destination: '10.0.2.2', sport: FIRST_PORT } as const;
  assert.deepEqual(nat.receive(nat.inside, { ...spec, dport: 54 }).ended, { 'nat-table-full': 1 });
  assert.deepEqual(nat.receive(nat.inside, { ...spec, dport: 53 }).ended, { sent: 1 });
  assert.equal(nat.sessions.flush(), MAX_SESSIONS);
  rush.close();
  nat.sessions.tick();
  nat.topology.bench.run();
  nat.sessions.tick();
  assert.equal(nat.receive(nat.inside, { ...spec, dport: 54 }).sent.length, 1);
});
