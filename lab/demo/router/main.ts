import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { atExit } from '../../at-exit.ts';
import { LabError } from '../../lab-error.ts';
import { type DemoOptions, readOptions, usage } from '../options.ts';
import { Story } from '../story.ts';
import { tellTour } from '../tell-tour.ts';
import { Transcript } from '../transcript.ts';
import { isKept, runKept, stay } from './keeper.ts';
import { type DemoNetwork, startNetwork } from './network.ts';
import { endHolder, takePlace } from './place.ts';
import { giveTour } from './tour.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const does =
  'Builds three hosts and a DPDK application around a Millrace router and shows what the router does.';

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options.help) return say(usage('demo:router', does));
  if (options.down) return say((await endHolder()) ? 'the demo is down\n' : 'no demo is up\n');
  if (process.getuid?.() !== 0)
    throw new LabError('DEMO_ROOT', 'expected to run as root, which network namespaces and TAPs need');
  if (options.keep && !isKept(process.env)) process.exit(await runKept(fileURLToPath(import.meta.url)));
  return run(options);
}

async function run({ keep, transcript: file }: DemoOptions): Promise<number> {
  takePlace();
  giveHugepagesBack();
  const transcript = new Transcript(file, 'npm run demo:router');
  const story = new Story({ directory: root, write: transcript.write });
  const network = await startNetwork();
  process.env.MILLRACE_SOCK_PATH = network.router.socket;
  story.tell(`\n  the router is ready: bin/millrace vrouter -s ${network.router.socket}`);
  story.tell(`  ctl finds it by: export MILLRACE_SOCK_PATH=${network.router.socket}`);
  const status = await tellTour({
    story,
    tour: (onFirstPing) => giveTour({ network, story, onFirstPing }),
    afterError: () => `\n\nlog of the router:\n${network.router.log}`,
  });
  transcript.close();
  if (keep) {
    story.tell(lookAround(network));
    stay(status);
    return status;
  }
  await network.close();
  story.tell('  all that was built is gone again\n');
  process.exit(status);
}

/** Gives back the hugepages that the set-up of this very command has reserved. */
function giveHugepagesBack(): void {
  const before = process.env.MILLRACE_HUGEPAGES_BEFORE;
  if (before === undefined) return;
  atExit(() => execFileSync(`${root}/tools/setup.sh`, ['--undo', before], { stdio: 'ignore' }));
}

function lookAround({ router }: DemoNetwork): string {
  return `  The network stays up. To look around:

    export MILLRACE_SOCK_PATH=${router.socket}
    bin/millrace ctl                                   # a shell with completion: try "?" and "interface show"
    ip netns exec millrace-red ping 10.3.0.2           # hosts: millrace-red, millrace-green, millrace-blue
    bin/millrace ctl capture iface red | tcpdump -n -r -
    bin/millrace ctl events
    bin/millrace ctl graph show | dot -Tsvg > graph.svg

  To take it down: npm run demo:router -- --down
`;
}

function say(text: string): number {
  process.stdout.write(text);
  return 0;
}
