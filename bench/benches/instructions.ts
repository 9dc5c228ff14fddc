import type { Bench, Result, Settings } from '../bench.ts';
import { interleave } from '../harness.ts';
import { reserveHugepages } from '../hugepages.ts';
import { countInstructions } from '../instructions/count.ts';
import type { Peer } from '../peer.ts';
import { l3fwd } from '../peers/l3fwd.ts';
import { millrace } from '../peers/millrace.ts';
import { testpmd } from '../peers/testpmd.ts';
import { readyPeers } from '../ready-peers.ts';
import { buildStepper } from '../setup/stepper.ts';
import { startWorkload } from '../turns.ts';
import { fewIpv4Routes } from '../workload.ts';

/** What a packet costs where no noise can reach it. */
export const forwardInstructions: Bench = {
  name: 'forward-instructions',
  about: 'instructions that a packet of `forward` takes on the forwarding thread',
  run,
};

const hugepages = 1024;

async function run(settings: Settings): Promise<readonly Result[]> {
  reserveHugepages(hugepages, settings.log);
  await buildStepper(settings.log);
  const { ready, skipped } = await readyPeers([millrace, l3fwd, testpmd], settings);
  const contenders = ready.map((peer) => ({
    name: peer.name,
    measure: () => instructionsOf(peer, settings),
  }));
  const unit = 'instructions';
  const measured = await interleave({ contenders, rounds: settings.runs, unit, log: settings.log });
  return [
    {
      bench: 'forward-instructions',
      about: 'Instructions a packet: IPv4, 60-byte UDP, one core, 256 routes /24',
      unit,
      better: 'lower',
      goals: [],
      note: 'The forwarding thread is stepped from one instruction to the next (bench/instructions/); what the machine does beside it changes nothing. `node bench/instructions/main.ts` shows which instructions they are.',
      runs: measured.runs,
      skipped: { ...skipped, ...measured.skipped },
    },
  ];
}

async function instructionsOf(peer: Peer, { log }: Settings): Promise<number> {
  await using resources = new AsyncDisposableStack();
  const forwarding = await startWorkload({ peer, workload: fewIpv4Routes() }, resources);
  return await countInstructions(peer.name, forwarding, log);
}
