import { writeFileSync } from 'node:fs';
import type { Bench, Result, Settings } from '../bench.ts';
import { interleaveMany } from '../harness.ts';
import { reserveHugepages } from '../hugepages.ts';
import { packetRates } from '../packet-rate.ts';
import { encodePcap } from '../pcap.ts';
import { cores, type Forwarding, type Sample } from '../peer.ts';
import { openTelemetry } from '../peers/dpdk-program.ts';
import { millraceOn } from '../peers/millrace.ts';
import { runLines, sentBy, startRouter } from '../peers/router.ts';
import { startTestpmdOnPairs, testpmd } from '../peers/testpmd.ts';
import { readyPeers } from '../ready-peers.ts';
import { addressedTo } from '../traffic.ts';
import { fewIpv4Routes, neighborCount, neighborMac } from '../workload.ts';
import { Workspace } from '../workspace.ts';

/** What a second worker with a second pair of ports adds. */
export const workers: Bench = {
  name: 'workers',
  about: 'two workers on two cores, each between two ports of its own, beside one; IPv4, 60-byte UDP',
  run,
};

const units = { perCore: 'Mpps', wall: 'Mpps' } as const;
const hugepages = 1024;
const cpusOfPairs = [cores.datapath, cores.control] as const;

async function run(settings: Settings): Promise<readonly Result[]> {
  reserveHugepages(hugepages, settings.log);
  const { skipped } = await readyPeers([millraceOn([cores.datapath]), testpmd], settings);
  const { seconds, log } = settings;
  const contender = (name: string, pairs: number, open: Open) => ({
    name,
    measure: async () => {
      await using resources = new AsyncDisposableStack();
      const forwarding = await open(pairs, resources);
      return await packetRates(forwarding, { seconds, log, threads: pairs });
    },
  });
  const contenders = [
    contender('millrace', 2, forwardByMillrace),
    contender('one-worker', 1, forwardByMillrace),
    contender('testpmd-two', 2, forwardByTestpmd),
    contender('testpmd-one', 1, forwardByTestpmd),
  ].filter(({ name }) => settings.peers?.some((peer) => name.startsWith(peer)) ?? true);
  const measured = await interleaveMany({ contenders, rounds: settings.runs, units, log });
  const row = (figure: keyof typeof units, rest: Pick<Result, 'bench' | 'about' | 'note'>): Result => ({
    ...rest,
    unit: units[figure],
    better: 'higher',
    runs: measured[figure].runs,
    skipped: { ...skipped, ...measured[figure].skipped },
    ...(figure === 'perCore' && { goals: [{ ratioTo: 'one-worker', atLeast: 1.8, must: 1.6 }] }),
  });
  return [
    row('perCore', {
      bench: 'workers',
      about: 'Two workers and two pairs of ports in a second of two whole cores',
      note: "Packets in a second of the forwarding threads' own CPU time, both together: the second worker shares its core with the control thread and with this benchmark. testpmd shows what the machine's two cores can do at once.",
    }),
    row('wall', {
      bench: 'workers-wall',
      about: 'The same by the wall clock, with all that runs beside them on this machine',
      note: 'On a machine of two cores the second worker cannot have one to itself.',
    }),
  ];
}

type Open = (pairs: number, resources: AsyncDisposableStack) => Promise<Forwarding>;

async function forwardByMillrace(pairs: number, resources: AsyncDisposableStack): Promise<Forwarding> {
  const workspace = resources.use(new Workspace());
  const router = millraceOn(cpusOfPairs.slice(0, pairs));
  const instance = resources.use(await startRouter(router, workspace.path));
  const devices = pairDevices(pairs, workspace);
  const lines = range(pairs).flatMap((pair) => pairLines(pair, devices));
  await runLines(instance, { lines, directory: workspace.path });
  const sample = () => sum(range(pairs).map((pair) => () => sentBy(instance, `p${2 * pair + 1}`)));
  return { pid: instance.program.pid, sample, [Symbol.asyncDispose]: async () => {} };
}

async function forwardByTestpmd(pairs: number, resources: AsyncDisposableStack): Promise<Forwarding> {
  const workspace = resources.use(new Workspace());
  const { program, filePrefix } = await startTestpmdOnPairs(pairDevices(pairs, workspace));
  resources.use(program);
  const telemetry = resources.use(await openTelemetry(program, filePrefix));
  const sample = () => sum(range(pairs).map((pair) => () => telemetry.sentBy(`net_null${pair}`)));
  return { pid: program.pid, sample, [Symbol.asyncDispose]: async () => {} };
}

// Of each pair, the port that receives and the port that sends.
function pairDevices(pairs: number, workspace: Workspace): readonly string[] {
  return range(pairs).flatMap((pair) => {
    const pcap = workspace.file(`packets${pair}.pcap`);
    const frames = workloadOf(pair).frames.map((frame) => addressedTo(`02:70:63:61:70:0${pair}`, frame));
    writeFileSync(pcap, encodePcap(frames));
    return [`net_pcap${pair},rx_pcap=${pcap},infinite_rx=1`, `net_null${pair},no-rx=1`];
  });
}

function pairLines(pair: number, devices: readonly string[]): readonly string[] {
  const [receive, transmit] = [2 * pair, 2 * pair + 1];
  const nextHop = (neighbor: number) => 1 + pair * neighborCount + neighbor;
  return [
    ...[receive, transmit].flatMap((port) => [
      `interface add port p${port} devargs ${devices[port]}`,
      `affinity qmap set p${port} rxq 0 cpu ${cpusOfPairs[pair]}`,
    ]),
    `address add 192.168.${pair}.1/24 iface p${receive}`,
    `address add 172.${16 + pair}.0.1/16 iface p${transmit}`,
    ...range(neighborCount).map((neighbor) => {
      const address = `address 172.${16 + pair}.1.${neighbor} mac ${neighborMac(neighbor)}`;
      return `nexthop add l3 iface p${transmit} id ${nextHop(neighbor)} ${address}`;
    }),
    ...workloadOf(pair).routes.map(({ destination, neighbor }) => {
      return `route add ${destination} via id ${nextHop(neighbor)}`;
    }),
  ];
}

function workloadOf(pair: number) {
  return fewIpv4Routes(1 + pair);
}

async function sum(samples: readonly (() => Promise<Sample>)[]): Promise<Sample> {
  let total = { packets: 0, atMs: 0 };
  for (const sample of samples) {
    const { packets, atMs } = await sample();
    total = { packets: total.packets + packets, atMs: total.atMs + atMs / samples.length };
  }
  return total;
}

function range(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index);
}
