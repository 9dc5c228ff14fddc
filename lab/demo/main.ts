import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { atExit } from '../at-exit.ts';
import { takeDown } from '../cluster/down.ts';
import { Place } from '../cluster/place.ts';
import { readTopology } from '../cluster/topology.ts';
import { bringUp } from '../cluster/up.ts';
import { LabError } from '../lab-error.ts';
import { type DemoOptions, readOptions, usage } from './options.ts';
import { picture } from './picture.ts';
import { Story } from './story.ts';
import { tellTour } from './tell-tour.ts';
import { giveTour } from './tour.ts';
import { Transcript } from './transcript.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const place = new Place('demo');
const does =
  'Builds three nodes with pods and DPDK applications on this machine, and shows how they reach each other.';

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options.help) return say(usage('demo', does));
  if (options.down) return down();
  if (process.getuid?.() !== 0)
    throw new LabError('DEMO_ROOT', 'expected to run as root, which network namespaces and TAPs need');
  if (place.exists)
    throw new LabError(
      'DEMO_RUNNING',
      'expected no demo on this machine, one is up; take it down with: npm run demo -- --down',
    );
  return run(options);
}

async function run({ keep, transcript: file }: DemoOptions): Promise<number> {
  const forget = atExit(undo);
  const transcript = new Transcript(file, 'npm run demo');
  const story = new Story({ directory: root, write: transcript.write });
  story.chapter('Three nodes on one machine');
  story.tell(picture);
  const topology = readTopology(`${root}/deploy/lab/three-nodes.yaml`);
  await bringUp({ ...topology, name: place.lab }, (step) => story.tell(`  ${step}`));
  const status = await tellTour({
    story,
    tour: (onFirstPing) => giveTour({ place, story, onFirstPing }),
  });
  transcript.close();
  if (keep) {
    forget();
    story.tell(lookAround);
    return status;
  }
  await takeDown(place);
  story.tell('  all that was built is gone again\n');
  process.exit(status);
}

async function down(): Promise<number> {
  const wasUp = place.exists;
  if (wasUp) await takeDown(place);
  giveHugepagesBack();
  return say(wasUp ? 'the demo is down\n' : 'no demo is up\n');
}

/** Whatever of it is there, however it ends. */
function undo(): void {
  if (place.exists) execFileSync(`${root}/bin/millrace`, ['lab', 'down', place.lab], { stdio: 'ignore' });
  giveHugepagesBack();
}

/** Gives back the hugepages that the set-up of this very command has reserved. */
function giveHugepagesBack(): void {
  const before = process.env.MILLRACE_HUGEPAGES_BEFORE;
  if (before !== undefined) execFileSync(`${root}/tools/setup.sh`, ['--undo', before], { stdio: 'ignore' });
}

const lookAround = `  The nodes stay up. To look around:

    bin/millrace lab status
    bin/millrace lab exec red/web sh                   # a shell in a container: ip address, ping
    bin/millrace lab trace blue/web shared/dns         # what cannot reach each other, and where it ends
    bin/millrace ctl -s ${place.node('worker-1').routerSocket}    # the router of a node
    vi ${place.objects}/red.yaml      # the network follows

  To take it down: npm run demo -- --down
`;

function say(text: string): number {
  process.stdout.write(text);
  return 0;
}
