import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BenchError } from '../bench-error.ts';
import type { Log } from '../peer.ts';
import { run } from '../run.ts';
import { cached } from './cache.ts';
import { exampleSources } from './dpdk-tools.ts';

/** Returns the path of DPDK's l3fwd example, compiled as its Makefile says. */
export async function buildL3fwd(log: Log): Promise<string> {
  const directory = await cached({
    name: 'l3fwd-2', // changes with the edits
    what: "compiles DPDK's l3fwd example",
    log,
    make: async (target) => {
      const sources = await exampleSources(log);
      for (const part of ['l3fwd', 'common'])
        await cp(join(sources, part), join(target, part), { recursive: true });
      for (const edit of edits) await replaceInFile(join(target, 'l3fwd', edit.file), edit);
      await run(['make', '-C', join(target, 'l3fwd')], { timeoutMs: 300_000 });
    },
  });
  return join(directory, 'l3fwd/build/l3fwd');
}

interface Edit {
  readonly file: string;
  readonly before: RegExp;
  readonly after: string;
}

const edits: readonly Edit[] = [
  // net_pcap offers no checksum offload, and l3fwd refuses to start without.
  { file: 'main.c', before: /= RTE_ETH_RX_OFFLOAD_CHECKSUM,/, after: '= 0,' },
  // The packets of the mix do not fit in its smallest pool.
  { file: 'main.c', before: /\(unsigned\)8192\)/, after: '(unsigned)32768)' },
];

async function replaceInFile(file: string, { before, after }: Edit): Promise<void> {
  const text = await readFile(file, 'utf8');
  if (!before.test(text)) {
    throw new BenchError('BENCH_L3FWD', `expected ${before.source} in ${file}, found none, preparing l3fwd`);
  }
  await writeFile(file, text.replace(before, after));
}
