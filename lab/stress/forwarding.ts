import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { threadTimes } from '../../bench/thread-time.ts';
import { etherFrame, ipv4Packet, udpDatagram } from '../../src/net/frame/build.ts';
import type { Router } from '../router.ts';
import { pcapFile } from '../witness/pcap-file.ts';
import { openApi } from './api.ts';
import { type ChangePlan, type Station, stressChanges } from './changes.ts';
import { Findings, type Outcome } from './outcome.ts';

/**
 * Measures how many packets the worker forwards while nothing changes, and while tables do: from a port that has
 * another burst whenever it is asked to one that takes all, by routes beside those that change.
 */
export async function measureForwarding(
  router: Router,
  through: Station,
  plan: ChangePlan,
): Promise<Outcome> {
  const findings = new Findings();
  await openPair(router);
  try {
    const alone = await forwarded(router, seconds);
    const changes = stressChanges(router, through, { ...plan, seconds: seconds + 4 });
    changes.catch(() => {}); // awaited below
    await delay(2000);
    const changing = await forwarded(router, seconds, alone.thread);
    findings.add(await changes);
    findings.note('packets forwarded without changes', textOf(alone));
    findings.note('packets forwarded during changes', textOf(changing));
    const kept = changing.perCpuSecond / alone.perCpuSecond;
    findings.note('of a second of the worker, kept during changes', `${Math.round(kept * 100)} %`);
    findings.expect(
      kept > LEAST_KEPT,
      `expected ${LEAST_KEPT * 100} % of the rate during changes, got ${kept * 100}`,
    );
  } finally {
    await router.ctl('interface del load\ninterface del sink');
  }
  return findings;
}

const seconds = 5;
/** Changes take the worker's caches and nothing else from it: it never waits for who makes them. */
const LEAST_KEPT = 0.6;
const mac = '02:00:00:00:00:10';

interface Rate {
  readonly perSecond: number;
  /** Of the worker's own CPU time. */
  readonly perCpuSecond: number;
  /** The thread that forwards: the busiest while nothing changes. */
  readonly thread: string;
}

async function openPair(router: Router): Promise<void> {
  const file = join(router.directory, 'load.pcap');
  writeFileSync(file, pcapFile(Array.from({ length: 256 }, (_, index) => frameTo(`203.0.113.${index}`))));
  await router.ctl(`
    interface add port sink devargs net_null8,no-rx=1
    nexthop add l3 iface sink id 9 address 10.9.0.2 mac 02:00:00:00:00:12
    route add 203.0.113.0/24 via id 9
    interface add port load devargs net_pcap8,rx_pcap=${file},infinite_rx=1 mac ${mac}
  `);
}

async function forwarded(router: Router, wallSeconds: number, known?: string): Promise<Rate> {
  using api = openApi(router.socket);
  const { pid } = router.program;
  const sample = async () => {
    const times = threadTimes(pid);
    const { stats } = await api.interfaces.getInterfaceStats({ name: 'sink' });
    return { times, atMs: performance.now(), sent: Number(stats[0]?.txPackets ?? 0) };
  };
  await delay(1000); // the port's first packets are those that are read from the file
  const before = await sample();
  await delay(wallSeconds * 1000);
  const after = await sample();
  const sent = after.sent - before.sent;
  const cpuOf = (thread: string) => (after.times.get(thread) ?? 0) - (before.times.get(thread) ?? 0);
  const thread = known ?? [...after.times.keys()].toSorted((a, b) => cpuOf(b) - cpuOf(a))[0] ?? '';
  return {
    perSecond: (sent / (after.atMs - before.atMs)) * 1000,
    perCpuSecond: (sent / cpuOf(thread)) * 1e9,
    thread,
  };
}

function textOf({ perSecond, perCpuSecond }: Rate): string {
  return `${(perSecond / 1e6).toFixed(2)} million a second, ${(perCpuSecond / 1e6).toFixed(2)} in one of the worker's CPU time`;
}

function frameTo(destination: string): Uint8Array {
  const datagram = udpDatagram({ source: 7, destination: 9 }, new Uint8Array(18));
  const packet = ipv4Packet({ source: '10.8.0.2', destination, protocol: 17 }, datagram);
  return etherFrame({ destination: mac, source: '02:00:00:00:00:11', etherType: 0x0800 }, packet);
}
