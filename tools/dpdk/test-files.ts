import { globSync } from 'node:fs';

/** What of the lab meets DPDK: packets, devices, threads. The rest of it says the same with any version. */
const behaviours = [
  'affinity',
  'devices',
  'dpdk-app',
  'forward',
  'ip',
  'link',
  'malformed',
  'neighbor',
  'representor',
  'routes',
  'seeing',
  'sizes',
  'start',
  'vrf',
];

/** The lab's behaviours and the tests that run the addon, or those with a part of their name. @throws Error on none */
export function testFiles(root: string, pattern = ''): readonly string[] {
  const addon = globSync('src/engine/host/dpdk-*.test.ts', { cwd: root }).sort();
  const all = [...behaviours.map((name) => `lab/${name}.test.ts`), ...addon];
  const files = all.filter((file) => file.includes(pattern));
  if (files.length > 0) return files;
  throw new Error(`expected a part of ${all.join(', ')}, got ${pattern} (MILLRACE_DPDK_USAGE)`);
}
