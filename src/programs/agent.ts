import { makeLog } from '../engine/host/daemon/log.ts';
import { serveCni } from '../features/cni/agent.ts';
import { PodAgent } from '../features/pod/agent.ts';
import { readFlags, usage } from './agent/flags.ts';

try {
  await main();
} catch (error) {
  process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

async function main(): Promise<void> {
  const flags = readFlags(process.argv.slice(2), process.env);
  if (flags.help) return void process.stdout.write(usage);
  const log = makeLog({ syslog: false, verbose: flags.verbose });
  const agent = new PodAgent({
    stateDirectory: flags.state,
    routerSocket: flags.router,
    planFile: flags.plan,
    log,
  });
  const server = await serveCni(flags.socket, agent);
  agent.start();
  process.on('SIGHUP', () => {
    try {
      agent.reload();
      log.info({ networks: agent.networks.size }, 'the plan was read again');
    } catch (error) {
      log.error({ error }, 'the plan stays as it was');
    }
  });
  const end = async () => {
    await server.close();
    await agent.close();
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void end());
  log.info({ socket: flags.socket, networks: agent.networks.size }, 'the agent is ready');
}
