import type { Bench } from '../bench.ts';
import { compare } from '../compare.ts';
import { bridging } from '../overlays/bridge.ts';
import { allConversations, randomConversations } from '../overlays/stations.ts';
import { turnAt, turnsAt } from '../overlays/task-turns.ts';
import { groutPolling } from '../peers/grout.ts';
import { millracePolling, millraceWithBuffers } from '../peers/millrace.ts';

const few = 256;

/** Switching between two ports of a bridge that knows all stations. */
export const bridge: Bench = {
  name: 'bridge',
  about: 'frames of 60 bytes between two ports of a bridge, 512 stations, one core',
  run: (settings) =>
    compare(settings, {
      bench: 'bridge',
      about: 'Frames of 60 bytes between two ports of a bridge that knows 512 stations, one core',
      turns: turnsAt(bridging(few, randomConversations(few, 1024)), [millracePolling, groutPolling]),
      goals: [{ ratioTo: 'ovs-dpdk', atLeast: 2, must: 1.5 }],
      note: 'Open vSwitch does it with NORMAL, and learns.',
    }),
};

/** The same with as many stations as a large bridge has, each of which sends or receives. */
export const bridgeFdb: Bench = {
  name: 'bridge-fdb',
  about: 'the same with 100,000 stations, each of which sends or receives in turn',
  run: (settings) =>
    compare(settings, {
      bench: 'bridge-fdb',
      about: 'Frames of 60 bytes between two ports of a bridge that knows 100,000 stations, one core',
      turns: [
        turnAt(bridging(many, allConversations(many)), router),
        turnAt(bridging(few, randomConversations(few, many)), router, fewStations),
      ],
      startOnce: true,
      goals: [{ ratioTo: fewStations, atLeast: 0.8 }],
      note: `Half of the stations send, each to one of the other half. "${fewStations}" has as many frames in memory, but only 512 stations.`,
    }),
};

const many = 50_000;
const fewStations = 'few-stations';
const router = millraceWithBuffers(65_535);
