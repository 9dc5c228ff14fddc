import { parseArgs } from 'node:util';
import { LabError } from '../lab-error.ts';
import { type Hardness, type StressPlace, startStressPlace, stresses, stressUnderTraffic } from './all.ts';
import { measureForwarding } from './forwarding.ts';
import { stressKill } from './kill.ts';
import { Findings, type Outcome } from './outcome.ts';
import { stressPods } from './pods.ts';

// npm run stress: the control plane under load, and a router that is killed again and again. Root and the set-up.

const usage = `usage: npm run stress -- [NAME…] [--seconds S] [--rate N] [--clients N] [--kills N] [--rounds N] [--routes N]
                         [--pods N]

  clients    so many gRPC clients at once, two calls of each
  readers    clients that watch events and read none
  broken     half-open connections, and garbage
  messages   messages of every size, and 40 large ones at once
  lists      a million routes listed, also for clients that do not read
  changes    table changes through the API while packets flow
  deletes    what packets are using is deleted and put back
  kill       a router is killed at random moments while packets come for it, and started again
  pods       pods come and go while router, agent and callers are killed at random moments

  --seconds  of changes (60)
  --rate     table changes a second (100000)
  --clients  (1000)
  --kills    (200)
  --rounds   of deletes (20)
  --routes   of lists (1000000)
  --pods     (300)
`;

/**
 * Milliseconds and packets that forwarding may lose to a stress on a machine that does nothing else, and what the
 * router may hold more afterwards: V8 gives memory back when it likes.
 */
const plan = { warm: true, mostMs: 100, mostLost: 0, residentMegabytes: 256, buffers: 512 };
/** What a router that was killed takes to come back, and to be told of its pods. */
const podPlan = { atOnce: 6, killEveryMs: 1000, mostGapMs: 3000 };

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const { names, kills, pods, hard, help } = readOptions(args);
  if (help) {
    process.stdout.write(usage);
    return 0;
  }
  let faults = 0;
  const tell = (name: string, outcome: Outcome) => {
    process.stdout.write(textOf(name, outcome));
    faults += outcome.faults.length;
  };
  const chosen = names.filter((name) => Object.hasOwn(stresses, name));
  if (chosen.length > 0) {
    await using place = await startStressPlace();
    for (const name of chosen) {
      const stress = stresses[name];
      if (!stress) continue;
      const findings = new Findings();
      findings.add(await stressUnderTraffic(place, () => stress(place, hard), plan));
      if (name === 'changes') findings.add(await forwardingUnder(place, hard));
      tell(name, findings);
    }
  }
  if (names.includes('kill')) tell('kill', await stressKill(kills));
  if (names.includes('pods')) tell('pods', await stressPods({ ...podPlan, pods }));
  return faults === 0 ? 0 : 1;
}

/** The rate is measured for itself: a worker with a full load would be late for the traffic of the stress. */
function forwardingUnder({ router, hosts }: StressPlace, hard: Hardness): Promise<Outcome> {
  return measureForwarding(router, hosts.blue, { seconds: hard.seconds, perSecond: hard.changesPerSecond });
}

interface Options {
  readonly names: readonly string[];
  readonly kills: number;
  readonly pods: number;
  readonly hard: Hardness;
  readonly help: boolean;
}

/** @throws LabError STRESS_USAGE */
function readOptions(args: readonly string[]): Options {
  const text = { type: 'string' } as const;
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      seconds: text,
      rate: text,
      clients: text,
      kills: text,
      rounds: text,
      routes: text,
      pods: text,
      help: { type: 'boolean' },
    },
  });
  const known = [...Object.keys(stresses), 'kill', 'pods'];
  const unknown = positionals.find((name) => !known.includes(name));
  if (unknown) throw new LabError('STRESS_USAGE', `expected one of ${known.join(', ')}, got ${unknown}`);
  return {
    names: positionals.length > 0 ? positionals : known,
    help: values.help === true,
    kills: count('--kills', values.kills, 200),
    pods: count('--pods', values.pods, 300),
    hard: {
      clients: count('--clients', values.clients, 1000),
      readers: 200,
      unread: 10_000,
      broken: 500,
      largeMessages: 40,
      listed: count('--routes', values.routes, 1_000_000),
      seconds: count('--seconds', values.seconds, 60),
      changesPerSecond: count('--rate', values.rate, 100_000),
      deleteRounds: count('--rounds', values.rounds, 20),
    },
  };
}

function count(flag: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text);
  throw new LabError('STRESS_USAGE', `${flag}: expected a number from 1 on, got ${JSON.stringify(text)}`);
}

function textOf(name: string, { figures, faults }: Outcome): string {
  const lines = Object.entries(figures).map(([figure, value]) => `  ${figure}: ${value}`);
  const verdict = faults.length === 0 ? ['  passed'] : faults.slice(0, 20).map((fault) => `  FAULT ${fault}`);
  return `${[name, ...lines, ...verdict].join('\n')}\n`;
}
