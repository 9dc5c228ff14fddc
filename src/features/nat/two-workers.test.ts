import assert from 'node:assert/strict';
import { once } from 'node:events';
import { before, describe, it } from 'node:test';
import { Worker } from 'node:worker_threads';
import { BURST_MAX } from '../../engine/layout.ts';
import { Rush, type RushPlace } from '../../engine/testing/rush.ts';
import type { End, Session } from './sessions.ts';
import { DESTINATION, DESTINATION_PORT, datagramOn, FRAME_BYTES, SOURCE_PORT } from './testing/datagrams.ts';
import { NatBench } from './testing/nat-bench.ts';
import type { RushEnd, RushStart } from './testing/rush-thread.ts';

// Two threads, each a worker, send from the same ports to the same other end at the same time: one station's flows both
// of them, as if its packets came by two queues; and each those of a station of its own. So for each port three want the
// same one outside, and one session is made by two.

const PORTS = 8000;
const FIRST_PORT = 20_000;
const STATIONS = ['10.0.1.2', '10.0.1.3', '10.0.1.4'] as const;

let nat: NatBench;
let places: readonly RushPlace[];
let found: readonly RushEnd[];
let sessions: readonly Session[];

describe('two workers that make sessions at the same time', () => {
  before(async () => {
    nat = await NatBench.open();
    nat.translateSources();
    const neighbor = nat.topology.neighbor(nat.inside);
    for (const station of STATIONS) nat.topology.route(`${station}/32`, neighbor);
    const { datapath, memory } = nat.topology.bench;
    places = [1, 2].map((worker) => ({ module: datapath.module, memory, worker }));
    found = await rushAtOnce();
    sessions = nat.all;
  });

  it('make none twice, and none with a port that another has towards the same other end', () => {
    assert.equal(new Set(sessions.map(({ inside }) => textOf(inside))).size, sessions.length);
    assert.equal(new Set(sessions.map(({ outside }) => textOf(outside))).size, sessions.length);
    assert.equal(nat.sessions.count, sessions.length);
  });

  it('send what they send by what the session says, whichever of them has made it', (context) => {
    const lost = found.flatMap((each) => [...each]).filter((port) => port === 0).length;
    context.diagnostic(`${lost} of ${PORTS * 4} packets lost, as the other worker made the same session`);
    const ports = new Map(sessions.map(({ inside, outside }) => [textOf(inside), outside.port]));
    const wrong = found.flatMap((each, thread) =>
      [...each].flatMap((port, flow) => {
        const inside = { address: stationOf(thread, flow), port: FIRST_PORT + (flow >> 1) };
        return port === 0 || port === ports.get(textOf(inside)) ? [] : [inside];
      }),
    );
    assert.deepEqual(wrong.slice(0, 3), []);
  });

  it('lose a packet only where they were in each other’s way, and the next one of its flow passes', () => {
    for (const [thread, place] of places.entries()) {
      const rush = new Rush(place, FRAME_BYTES);
      const frames = framesOf(thread);
      const sent = passAll(rush, nat.inside.port, PORTS * 2, (flow) => ({
        frame: frames[flow & 1],
        at: SOURCE_PORT,
        port: FIRST_PORT + (flow >> 1),
      }));
      rush.close();
      assert.equal(sent.filter(Boolean).length, PORTS * 2);
    }
    assert.equal(nat.sessions.count, PORTS * STATIONS.length);
  });

  it('find what comes back, whoever of them receives it', () => {
    const answer = datagramOn(nat.outside, nat.outside.host.address4, nat.outside.address4);
    const all = nat.all;
    for (const place of places) {
      const rush = new Rush(place, FRAME_BYTES);
      const came = passAll(rush, nat.outside.port, all.length, (number) => ({
        frame: answer,
        at: DESTINATION_PORT,
        port: all[number]?.outside.port ?? 0,
      }));
      rush.close();
      const wrong = all.filter(({ inside }, number) => textOf(came[number]) !== textOf(inside));
      assert.deepEqual(wrong.slice(0, 3), []);
    }
  });
});

/** Lets two threads begin in the same moment; resolves to the ports from which their frames have left. */
async function rushAtOnce(): Promise<readonly RushEnd[]> {
  const begin = new SharedArrayBuffer(4);
  const threads = places.map((place, thread) => {
    const workerData: RushStart = {
      ...place,
      port: nat.inside.port,
      frames: framesOf(thread),
      firstPort: FIRST_PORT,
      ports: PORTS,
      begin,
    };
    return new Worker(new URL('./testing/rush-thread.ts', import.meta.url), { workerData });
  });
  await Promise.all(threads.map((thread) => once(thread, 'message')));
  const ends = threads.map(async (thread) => {
    const [end] = (await once(thread, 'message')) as [RushEnd];
    return end;
  });
  Atomics.store(new Int32Array(begin), 0, 1);
  Atomics.notify(new Int32Array(begin), 0);
  return await Promise.all(ends);
}

/** Both threads send for the first station. */
function framesOf(thread: number): readonly Uint8Array[] {
  return [0, 1].map((flow) => datagramOn(nat.inside, stationOf(thread, flow), nat.outside.host.address4));
}

function stationOf(thread: number, flow: number): string {
  return (flow & 1 ? STATIONS[thread + 1] : STATIONS[0]) ?? '';
}

/** What is to be sent: a frame, and a port to be written to a place of it. */
interface Sent {
  readonly frame: Uint8Array | undefined;
  readonly at: number;
  readonly port: number;
}

/** Passes frames by their numbers; returns the destinations to which they have left, in the same order. */
function passAll(rush: Rush, port: number, count: number, sent: (number: number) => Sent): readonly End[] {
  const { view, memory } = nat.topology.bench;
  const bytes = new Uint8Array(memory.buffer);
  const ends: End[] = [];
  for (let first = 0; first < count; first += BURST_MAX) {
    const write = (at: number, index: number) => {
      const { frame = [], at: place, port: number } = sent(first + index);
      bytes.set(frame, at);
      view.setUint16(at + place, number);
    };
    const left = (at: number, index: number) => {
      const address = bytes.slice(at + DESTINATION, at + DESTINATION + 4).join('.');
      ends[first + index] = { address, port: view.getUint16(at + DESTINATION_PORT) };
    };
    rush.pass(port, Math.min(BURST_MAX, count - first), write, left);
  }
  return ends;
}

function textOf(end: End | undefined): string {
  return end ? `${end.address}:${end.port}` : 'nowhere';
}
