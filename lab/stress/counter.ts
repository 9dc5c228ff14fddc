// A program of its own, run in the receiving host's namespace: counts the datagrams that the kernels of both ends have
// sent and received, every few milliseconds, and says what it has found when it is told to end.
//
//     node counter.ts PID-OF-THE-SENDER
import { readFileSync } from 'node:fs';
import { type Count, delaysOf } from './delays.ts';

const [sender = ''] = process.argv.slice(2);
const everyMs = 3;
const counts: Count[] = [];

setInterval(() => {
  const sent = udp(sender).OutDatagrams ?? 0;
  const { InDatagrams = 0, NoPorts = 0 } = udp('self');
  counts.push({ ms: performance.now(), sent, received: InDatagrams + NoPorts });
}, everyMs);
process.stdout.write('counting\n');
process.on('SIGTERM', () => {
  process.stdout.write(`${JSON.stringify(delaysOf(counts))}\n`, () => process.exit(0));
});

/** The kernel's counters of UDP over IPv4 in the namespace of a process (RFC 1213; proc_net_snmp). */
function udp(pid: string): Readonly<Record<string, number>> {
  const lines = readFileSync(`/proc/${pid}/net/snmp`, 'utf8').split('\n');
  const [names = [], values = []] = lines
    .filter((line) => line.startsWith('Udp: '))
    .map((line) => line.split(' '));
  return Object.fromEntries(names.map((name, place) => [name, Number(values[place])]));
}
