import type { Bench, Result, Settings } from '../bench.ts';
import { interleave } from '../harness.ts';
import { reserveHugepages } from '../hugepages.ts';
import { groutByDefault } from '../peers/grout.ts';
import { millraceByDefault } from '../peers/millrace.ts';
import { type Router, startRouter, untilReady } from '../peers/router.ts';
import { readyPeers } from '../ready-peers.ts';
import { median } from '../statistics.ts';
import { Workspace } from '../workspace.ts';

/** How long a router takes from its start until its API answers. */
export const start: Bench = {
  name: 'start',
  about: 'time from the start of the process until its API accepts a connection',
  run: (settings) =>
    compare(settings, {
      bench: 'start',
      about: 'Time from the start of the process until its API accepts a connection',
      measure: startTime,
      atMost: 1500,
    }),
};

/** How long one command of a router's client takes. */
export const ctl: Bench = {
  name: 'ctl',
  about: 'time of one command of the client (`interface`), median of 20',
  run: (settings) =>
    compare(settings, {
      bench: 'ctl',
      about: 'Time of one command of the client (`interface`), median of 20 one after another',
      measure: commandTime,
      atMost: 100,
    }),
};

interface Comparison {
  readonly bench: string;
  readonly about: string;
  readonly measure: (router: Router) => Promise<number>;
  readonly atMost: number;
}

const hugepages = 1024;
const unit = 'ms';

async function compare(settings: Settings, comparison: Comparison): Promise<readonly Result[]> {
  reserveHugepages(hugepages, settings.log);
  const { bench, about, measure, atMost } = comparison;
  const { ready, skipped } = await readyPeers([millraceByDefault, groutByDefault], settings);
  const contenders = ready.map((router) => ({ name: router.name, measure: () => measure(router) }));
  const measured = await interleave({ contenders, rounds: settings.runs, unit, log: settings.log });
  const all = { runs: measured.runs, skipped: { ...skipped, ...measured.skipped } };
  return [{ bench, about, unit, better: 'lower', goals: [{ atMost }], ...all }];
}

async function startTime(router: Router): Promise<number> {
  using workspace = new Workspace();
  const startMs = performance.now();
  await using instance = await router.launch(workspace.path);
  await untilReady(instance);
  return performance.now() - startMs;
}

async function commandTime(router: Router): Promise<number> {
  using workspace = new Workspace();
  await using instance = await startRouter(router, workspace.path);
  const times: number[] = [];
  for (let count = 0; count < 20; count++) {
    const startMs = performance.now();
    await instance.control(['interface']);
    times.push(performance.now() - startMs);
  }
  return median(times);
}
