import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import type { Router } from '../router.ts';

/** Everything that a router could leave behind on its host, each thing in words: files, devices, routes, rules. */
export async function leftoversOf(router: Router): Promise<readonly string[]> {
  const { namespace, directory } = router;
  const lines = async (command: string) => (await namespace.run(command)).split('\n').filter(Boolean);
  const settings = await namespace.run(
    'sysctl -a -r "^net.ipv[46].conf.v-.*(rp_filter|arp_ignore|disable_ipv6)"',
  );
  return [
    ...filesIn('/dev/hugepages'),
    ...filesIn('/dev/shm'),
    ...filesIn('/var/run/dpdk'),
    ...filesIn('/run/millrace'),
    ...filesIn(tmpdir()).filter((file) => !/\/mr-\d+-/.test(file)),
    ...filesIn(directory),
    ...(await lines('ip -o link')).map((line) => `device ${line.split(': ')[1]}`),
    ...(await lines('ip rule; ip -6 rule')).map((line) => `rule ${line}`),
    ...(await lines('ip route show table all proto 77; ip -6 route show table all proto 77')).map(
      (line) => `route ${line}`,
    ),
    ...settings.split('\n').filter(Boolean),
  ];
}

/** Hugepages that nobody has. */
export function freeHugepages(): number {
  return Number(/^HugePages_Free:\s+(\d+)/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1] ?? 0);
}

function filesIn(directory: string): readonly string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory).map((name) => `file ${directory}/${name}`);
}
