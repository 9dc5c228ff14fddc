import { connectRouter, type RouterClient } from '../engine/client/router-client.ts';
import { makeLog } from '../engine/host/daemon/log.ts';
import { serveCni } from '../features/cni/agent.ts';
import { changesText, Fabric, planChanges } from '../features/fabric/agent.ts';
import { readPlan } from '../features/plan/agent.ts';
import { PodAgent } from '../features/pod/agent.ts';
import { collect } from '../features/runtime/agent.ts';
import { type AgentFlags, readFlags, usage } from './agent/flags.ts';
import { followFile } from './agent/follow-file.ts';
import { oneAtATime } from './agent/one-at-a-time.ts';
import { linesRunner } from './agent/run-lines.ts';

try {
  const flags = readFlags(process.argv.slice(2), process.env);
  if (flags.help) process.stdout.write(usage);
  else if (flags.dryRun) await showChanges(flags);
  else await run(flags);
} catch (error) {
  process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

/** Prints the lines of ctl that would make the router what the plan says, and changes nothing. */
async function showChanges({ router: socketPath, plan, state }: AgentFlags): Promise<void> {
  const router = connectRouter({ socketPath });
  process.stdout.write(changesText(await planChanges(router, readPlan(plan), state)));
  router.close();
}

async function run(flags: AgentFlags): Promise<void> {
  const log = makeLog({ syslog: false, verbose: flags.verbose });
  let plan = readPlan(flags.plan);
  const agent = new PodAgent({
    stateDirectory: flags.state,
    routerSocket: flags.router,
    socketDirectory: flags.pods,
    plan,
    prepareRouter: (router: RouterClient) => fabric.apply(router, plan),
    log,
  });
  // After the ledger, which says best what is wrong with the directory.
  const fabric = new Fabric({
    stateDirectory: flags.state,
    statusDirectory: flags.status,
    runLines: linesRunner(flags),
    again: () => readAgain(),
    log,
  });
  const server = await serveCni(flags.socket, agent);
  agent.start();
  const collecting = flags.runtime && collect({ ...flags.runtime, pods: agent.pods, log });
  const readAgain = oneAtATime(async () => {
    try {
      plan = readPlan(flags.plan);
      await agent.take(plan);
      log.info({ networks: agent.networks.size }, 'the plan was read again');
    } catch (error) {
      log.error({ error }, 'the plan could not be taken');
    }
  });
  process.on('SIGHUP', readAgain);
  const follower = followFile(flags.plan, readAgain);
  const end = async () => {
    follower.close();
    await server.close();
    if (collecting) await collecting.close();
    await agent.close();
    fabric.close();
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void end());
  log.info({ socket: flags.socket, networks: agent.networks.size }, 'the agent is ready');
}
