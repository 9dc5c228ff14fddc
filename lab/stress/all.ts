import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startTopology, type Topology } from '../topology.ts';
import { stressChanges } from './changes.ts';
import { stressBrokenClients, stressClients, stressSlowReaders } from './clients.ts';
import { stressDeletes } from './deletes.ts';
import { type Allowance, compareFootprints, footprintOf, metricsFlags } from './footprint.ts';
import { stressLists } from './lists.ts';
import { stressMessages } from './messages.ts';
import { Findings, type Outcome } from './outcome.ts';
import { judgeTraffic, Traffic, type TrafficLimits } from './traffic.ts';

/** How hard a router is stressed. */
export interface Hardness {
  readonly clients: number;
  readonly readers: number;
  /** Changes that the slow readers do not read. */
  readonly unread: number;
  readonly broken: number;
  readonly largeMessages: number;
  /** Routes in the table that is listed. */
  readonly listed: number;
  readonly seconds: number;
  readonly changesPerSecond: number;
  readonly deleteRounds: number;
}

export type StressPlace = Topology<'red' | 'blue' | 'cyan' | 'lime'>;

/** What a stress of the control plane is called, and what it does. */
export const stresses: Readonly<Record<string, (place: StressPlace, hard: Hardness) => Promise<Outcome>>> = {
  clients: ({ router }, { clients }) => stressClients(router, clients),
  readers: ({ router }, { readers, unread }) => stressSlowReaders(router, readers, unread),
  broken: ({ router }, { broken }) => stressBrokenClients(router, broken),
  messages: ({ router }, { largeMessages }) => stressMessages(router, largeMessages),
  lists: ({ router }, { listed }) => stressLists(router, listed),
  changes: ({ router, hosts }, { seconds, changesPerSecond }) =>
    stressChanges(router, hosts.blue, { seconds, perSecond: changesPerSecond }),
  deletes: ({ router, hosts }, { deleteRounds }) =>
    stressDeletes({ router, from: hosts.cyan, to: hosts.lime }, deleteRounds),
};

/** Four hosts around a router: traffic goes from red to blue, and what cyan and lime need is deleted. */
export async function startStressPlace(): Promise<StressPlace> {
  const directory = mkdtempSync(join(tmpdir(), `mr-${process.pid}-`));
  const hosts = { red: {}, blue: {}, cyan: { link: 'veth' }, lime: { link: 'veth' } } as const;
  const place = await startTopology({ hosts, flags: metricsFlags(directory) }, { directory });
  await meet(place);
  return place;
}

/** Lets the hosts that have traffic be known to the router. */
async function meet({ hosts }: StressPlace): Promise<void> {
  await hosts.red.run(`ping -c 1 ${hosts.blue.ip4}`);
  await hosts.cyan.run(`ping -c 1 ${hosts.lime.ip4}`);
}

/** How a router is stressed, and what that may cost. */
export interface StressPlan extends TrafficLimits, Allowance {
  /** Stresses it once before anything is measured, so that only what accumulates is seen. */
  readonly warm: boolean;
}

/** Stresses a router with packets on their way, and compares what it holds before and after. */
export async function stressUnderTraffic(
  place: StressPlace,
  stress: () => Promise<Outcome>,
  plan: StressPlan,
): Promise<Outcome> {
  const findings = new Findings();
  if (plan.warm) await stress();
  await meet(place);
  await delay(SETTLING_MS);
  const before = await footprintOf(place.router);
  await using traffic = await Traffic.start(place.hosts.red, place.hosts.blue, PACKETS_PER_SECOND);
  await using crossing = await Traffic.start(place.hosts.cyan, place.hosts.lime, PACKETS_PER_SECOND);
  findings.add(await stress());
  findings.add(judgeTraffic(await traffic.stop(), plan));
  await crossing.stop();
  await meet(place);
  await delay(SETTLING_MS);
  findings.add(compareFootprints(before, await footprintOf(place.router), plan));
  return findings;
}

const PACKETS_PER_SECOND = 1000;
/** Until retired blocks are free again, and connections that were left are closed. */
const SETTLING_MS = 500;
