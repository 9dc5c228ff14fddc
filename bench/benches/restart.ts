import { measureRestart, type Restart } from '../../lab/restart.ts';
import { startTopology } from '../../lab/topology.ts';
import type { Bench, Result, Settings } from '../bench.ts';
import { interleave } from '../harness.ts';
import { reserveHugepages } from '../hugepages.ts';
import { millraceByDefault } from '../peers/millrace.ts';
import { readyPeers } from '../ready-peers.ts';
import { median } from '../statistics.ts';

/** How long hosts are cut off while a router is replaced by another process. */
export const restart: Bench = {
  name: 'restart',
  about: 'time without answers to a ping every millisecond while the router is ended and started again',
  run: measure,
};

const hugepages = 1024;
const unit = 'ms';

async function measure(settings: Settings): Promise<readonly Result[]> {
  reserveHugepages(hugepages, settings.log);
  const { skipped } = await readyPeers([millraceByDefault], settings);
  const restarts: Restart[] = [];
  const contenders = [
    { name: 'millrace', measure: async () => beyondEal(last(restarts, await onceMore())) },
    { name: 'take-over', measure: async () => (await onceMore('take-over')).gapMs },
  ];
  const measured = await interleave({ contenders, rounds: settings.runs, unit, log: settings.log });
  const [ealMs, startupMs, gapMs] = (['ealMs', 'startupMs', 'gapMs'] as const).map((key) =>
    restarts.length === 0 ? '?' : median(restarts.map((each) => each[key])).toFixed(0),
  );
  return [
    {
      bench: 'restart',
      about: 'Time that a ping at 1 ms is cut off by a restart with --config, beyond the start of EAL',
      unit,
      better: 'lower',
      goals: [{ atMost: 200, must: 'reported' }],
      note: `The whole gap is ${gapMs} ms, of which EAL takes ${ealMs} ms; the new process is ready after ${startupMs} ms. "take-over" is the whole gap of another process with --take-over, which starts while the first forwards.`,
      runs: measured.runs,
      skipped: { ...skipped, ...measured.skipped },
    },
  ];
}

async function onceMore(how?: 'take-over'): Promise<Restart> {
  await using topology = await startTopology({ hosts: { red: { link: 'veth' }, blue: { link: 'veth' } } });
  return await measureRestart(topology, how);
}

function beyondEal({ gapMs, ealMs }: Restart): number {
  return gapMs - ealMs;
}

function last<T>(list: T[], value: T): T {
  list.push(value);
  return value;
}
