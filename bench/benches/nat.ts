import { writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { createClient } from '@connectrpc/connect';
import { openRouterTransport } from '../../src/engine/client/router-transport.ts';
import { ConntrackService } from '../../src/features/nat/nat_pb.js';
import type { Bench, Result, Settings } from '../bench.ts';
import { BenchError } from '../bench-error.ts';
import { compare } from '../compare.ts';
import { interleave } from '../harness.ts';
import { reserveHugepages } from '../hugepages.ts';
import { translatedDestinations } from '../overlays/nat.ts';
import { plainRouting } from '../overlays/routing.ts';
import { range } from '../overlays/stations.ts';
import { turnAt, turnsAt } from '../overlays/task-turns.ts';
import { encodePcap } from '../pcap.ts';
import { groutPolling } from '../peers/grout.ts';
import { millracePolling } from '../peers/millrace.ts';
import { runLines, startRouter } from '../peers/router.ts';
import { addressLines, neighborLines } from '../peers/router-script.ts';
import { tellWhenShared, watchBusiest } from '../thread-time.ts';
import { receiverMac, smallestFrame, udpFrame } from '../traffic.ts';
import { Workspace } from '../workspace.ts';

/** Packets whose destinations are translated by rules. */
export const dnat44: Bench = {
  name: 'dnat44',
  about: 'Packets of 256 addresses that stand for others (dnat44), 60-byte frames, one core',
  run: (settings) =>
    compare(settings, {
      bench: 'dnat44',
      about: 'Packets of 256 addresses that stand for others (dnat44), 60-byte frames, one core',
      turns: [
        ...turnsAt(translatedDestinations(), [millracePolling, groutPolling]),
        turnAt(plainRouting(), millracePolling, 'plain'),
      ],
      goals: [{ ratioTo: groutPolling.name, atLeast: 1.5 }, { atLeast: 5 }],
      note: '"plain" is Millrace itself without rules.',
    }),
};

/** Sessions that one core makes in a second. */
export const snat44New: Bench = {
  name: 'snat44-new',
  about: 'new sessions of snat44 in a second of one core, each of one packet',
  run: runNew,
};

const sessions = 600_000;
const hugepages = 1024;

async function runNew(settings: Settings): Promise<readonly Result[]> {
  reserveHugepages(hugepages, settings.log);
  const measure = () => newSessions(settings);
  const contenders = [{ name: millracePolling.name, measure }];
  const unit = 'k/s';
  const { runs, skipped } = await interleave({ contenders, rounds: settings.runs, unit, log: settings.log });
  return [
    {
      bench: 'snat44-new',
      about: `New sessions of snat44 in a second of one core: ${sessions.toLocaleString('en')} flows of one packet`,
      unit,
      better: 'higher',
      goals: [{ atLeast: 300 }],
      note: 'The packets come from a file that is read once, by the same core.',
      runs,
      skipped,
    },
  ];
}

/** Thousands of sessions in a second of the forwarding thread, from the first tenth of them to the last. */
async function newSessions({ log }: Settings): Promise<number> {
  await using resources = new AsyncDisposableStack();
  const directory = resources.use(new Workspace()).path;
  const pcap = `${directory}/flows.pcap`;
  writeFileSync(pcap, encodePcap(flows()));
  const instance = resources.use(await startRouter(millracePolling, directory));
  const { transport, close } = openRouterTransport({ socketPath: instance.socket });
  resources.defer(close);
  const { getConntrackConfig } = createClient(ConntrackService, transport);
  const used = async () => (await getConntrackConfig({})).used;
  await runLines(instance, { lines: linesFor(instance.inside(pcap)), directory });
  const from = await reached(used, sessions / 10);
  const watch = watchBusiest(instance.program.pid);
  const to = await reached(used, (sessions * 9) / 10);
  const { share } = watch();
  tellWhenShared(share, log);
  return (to.count - from.count) / (to.atMs - from.atMs) / share;
}

async function reached(used: () => Promise<number>, goal: number) {
  for (const endMs = performance.now() + patienceMs; performance.now() < endMs; await delay(5)) {
    const count = await used();
    if (count >= goal) return { count, atMs: performance.now() };
  }
  throw new BenchError('BENCH_SESSIONS', `expected ${goal} sessions, got ${await used()}`);
}

const patienceMs = 20_000;

/** The port with the packets comes last: they are there at once, and only once. */
function linesFor(pcap: string): readonly string[] {
  const [receive = '', ...others] = addressLines;
  return [
    'interface add port p1 devargs net_null1,no-rx=1',
    'conntrack config set new-timeout 300',
    ...others.filter((line) => line.endsWith('p1')),
    ...neighborLines('ipv4').slice(0, 1),
    'route add 10.0.0.0/8 via 172.16.1.0',
    'snat44 add interface p1 subnet 192.168.0.0/24 replace 172.16.0.1',
    `interface add port p0 devargs net_pcap0,rx_pcap=${pcap} mac ${receiverMac}`,
    receive,
  ];
}

function flows(): readonly Uint8Array[] {
  const bytes = smallestFrame('ipv4');
  return range(sessions).map((flow) =>
    udpFrame({
      source: `192.168.0.${2 + (flow % 200)}`,
      destination: `10.${(flow >> 8) & 127}.${flow & 255}.1`,
      sourcePort: 1024 + (flow % 60_000),
      bytes,
      id: flow & 0xffff,
    }),
  );
}
