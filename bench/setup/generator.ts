import { join } from 'node:path';
import type { Log } from '../peer.ts';
import { run } from '../run.ts';
import { compiled } from './compiled.ts';

const source = join(import.meta.dirname, '../generator/generator.c');

/** Returns the path of the packet generator, compiled against the host's DPDK. */
export function buildGenerator(log: Log): Promise<string> {
  return compiled({ name: 'generator', what: 'the packet generator', source, words: dpdkWords }, log);
}

async function dpdkWords(): Promise<readonly string[]> {
  const flags = await run(['pkg-config', '--cflags', '--libs', 'libdpdk']);
  return flags.split(/\s+/).filter(Boolean);
}
