import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { text } from '../../command/argument-types.ts';
import { details } from '../../command/output.ts';
import { engineServices } from '../client/engine-services.ts';
import { routerCommand } from '../client/router-command.ts';
import type { DatapathBuildJson } from '../host/api/engine_pb.js';

/** The commands of the datapath's builds. */
export const datapathCommands = [
  routerCommand({
    syntax: 'datapath [show]',
    help: 'Shows which build of the datapath runs.',
    run: async (_, router) => {
      const { build, swaps = 0 } = await router.call(engineServices.datapath, 'getDatapath', {});
      return details({ ...view(build), swaps });
    },
  }),
  routerCommand({
    syntax: 'datapath swap FILE',
    help: 'Lets another build of the datapath take over while packets flow.',
    args: { FILE: text('A build, as `millrace build` writes it.', { expects: 'the name of a file' }) },
    run: async ({ FILE }, router) => {
      const file = resolve(FILE);
      const code = readFileSync(file).toString('base64');
      const answer = await router.call(engineServices.datapath, 'swapDatapath', { code, file });
      const { compile_ms = 0, trial_ms = 0, rewrite_ms = 0, pauses_ms = [] } = answer;
      const pauses = pauses_ms.map(Number);
      return details({
        ...view(answer.build),
        compile_ms: rounded(Number(compile_ms)),
        trial_ms: rounded(Number(trial_ms)),
        rewrite_ms: rounded(Number(rewrite_ms)),
        longest_pause_ms: rounded(Math.max(0, ...pauses)),
        pauses_ms: pauses.map(rounded),
      });
    },
  }),
];

function view({ file, build, layout, bytes, stages, since_ns }: DatapathBuildJson = {}) {
  const since = new Date(Number(BigInt(since_ns ?? 0) / 1_000_000n)).toISOString();
  return { file, build, layout, bytes, stages, since };
}

function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 1000) / 1000;
}
