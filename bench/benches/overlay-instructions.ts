import type { Bench, Result, Settings } from '../bench.ts';
import { interleave } from '../harness.ts';
import { reserveHugepages } from '../hugepages.ts';
import { countInstructions } from '../instructions/count.ts';
import { bridging } from '../overlays/bridge.ts';
import { filtering } from '../overlays/filter.ts';
import { labelDecapsulation, labelEncapsulation } from '../overlays/mpls.ts';
import { translatedDestinations } from '../overlays/nat.ts';
import { plainRouting, routingBesideOverlays } from '../overlays/routing.ts';
import { segmentEncapsulation } from '../overlays/srv6.ts';
import { randomConversations } from '../overlays/stations.ts';
import type { Task } from '../overlays/task.ts';
import { turnAt } from '../overlays/task-turns.ts';
import { vxlanDecapsulation, vxlanEncapsulation } from '../overlays/vxlan.ts';
import { packetRate } from '../packet-rate.ts';
import { millracePolling } from '../peers/millrace.ts';
import { buildStepper } from '../setup/stepper.ts';
import { startWorkload } from '../turns.ts';

/** What a packet of each overlay costs where no noise can reach it. */
export const overlayInstructions: Bench = {
  name: 'overlay-instructions',
  about: 'instructions that a packet of each overlay takes on the forwarding thread',
  run,
};

const tasks: Readonly<Record<string, () => Task>> = {
  plain: plainRouting,
  'beside-overlays': routingBesideOverlays,
  'filter-1': () => filtering(1),
  'filter-10000': () => filtering(10_000),
  dnat44: translatedDestinations,
  bridge: () => bridging(256, randomConversations(256, 1024)),
  'vxlan-encap': vxlanEncapsulation,
  'vxlan-decap': vxlanDecapsulation,
  'mplsoudp-encap': () => labelEncapsulation('mplsoudp'),
  'mplsoudp-decap': () => labelDecapsulation('mplsoudp'),
  'mplsogre-encap': () => labelEncapsulation('mplsogre'),
  'mplsogre-decap': () => labelDecapsulation('mplsogre'),
  'srv6-encap': segmentEncapsulation,
};
const hugepages = 1024;

async function run(settings: Settings): Promise<readonly Result[]> {
  reserveHugepages(hugepages, settings.log);
  await buildStepper(settings.log);
  const contenders = Object.entries(tasks).map(([name, task]) => ({
    name,
    measure: () => instructionsOf(name, task(), settings),
  }));
  const unit = 'instructions';
  const measured = await interleave({ contenders, rounds: settings.runs, unit, log: settings.log });
  return [
    {
      bench: 'overlay-instructions',
      about:
        'Instructions a packet of Millrace at the tasks of `filter`, `dnat44`, `bridge`, `vxlan-…`, `mpls…`, `srv6-encap` and `forward-overlays`',
      unit,
      better: 'lower',
      goals: [],
      note: 'Counted as in `forward-instructions`. "plain" and "beside-overlays" are those of `forward-overlays`.',
      runs: measured.runs,
      skipped: measured.skipped,
    },
  ];
}

/** Only what has run for a while is the machine code that stays: V8 compiles each loop again once it is hot. */
async function instructionsOf(name: string, task: Task, { seconds, log }: Settings): Promise<number> {
  await using resources = new AsyncDisposableStack();
  const forwarding = await startWorkload(turnAt(task, millracePolling), resources);
  await packetRate(forwarding, { seconds, log: () => {} });
  return await countInstructions(name, forwarding, log);
}
