import { seededRandom } from '../random.ts';
import { plainRouting } from './routing.ts';
import type { Task } from './task.ts';

/** Routes packets as `forward` does, behind a list of so many rules of which some meet them; none is denied. */
export function filtering(rules: number): Task {
  const plain = plainRouting();
  const random = seededRandom(9);
  const lines = Array.from({ length: rules }, () => `filter add list permit ${randomMatch(random)}`);
  const bound = ['filter set list default permit', 'filter bind list iface p0 in'];
  return { ...plain, lines: [...plain.lines, ...lines, ...bound] };
}

/** A prefix of the network that packets go to, a protocol, and mostly a port or several; of some, where they come from. */
function randomMatch(random: (limit: number) => number): string {
  const length = random(20) === 0 ? 17 + random(3) : 20 + random(13);
  const words = [
    `dst 10.1.${random(256)}.${random(256)}/${length}`,
    `proto ${random(10) < 6 ? 'tcp' : 'udp'}`,
  ];
  if (random(2) === 0) words.push(`src 192.168.${random(4)}.${random(256)}/${22 + random(11)}`);
  if (random(10) < 7) words.push(`dport ${randomPorts(random)}`);
  return words.join(' ');
}

function randomPorts(random: (limit: number) => number): string {
  if (random(10) < 7) return String([22, 53, 80, 123, 443, 3306, 5432, 8080][random(8)]);
  if (random(2) === 0) return '1024-65535';
  const first = random(60000);
  return `${first}-${first + random(1000)}`;
}
