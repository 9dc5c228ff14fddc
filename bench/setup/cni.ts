import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Log } from '../peer.ts';
import { run } from '../run.ts';
import { cached } from './cache.ts';
import { compiled } from './compiled.ts';

const modules = [
  'github.com/containernetworking/cni/cnitool@v1.3.0',
  'github.com/containernetworking/plugins/plugins/main/bridge@v1.9.1',
  'github.com/containernetworking/plugins/plugins/ipam/host-local@v1.9.1',
];

/** Builds cnitool and the reference plugins from the Go module proxy, and returns their directory. */
export function referencePlugins(log: Log): Promise<string> {
  const what = 'builds cnitool and the CNI reference plugins with Go';
  return cached({ name: 'cni-1.9.1', what, log, make: build });
}

/** Compiles the plugin `silent-plugin`, which does nothing, and returns its directory. */
export async function silentPlugin(log: Log): Promise<string> {
  const source = join(import.meta.dirname, '../silent-plugin/silent-plugin.c');
  const words = async () => ['-static'];
  return dirname(
    await compiled({ name: 'silent-plugin', what: 'a plugin that does nothing', source, words }, log),
  );
}

async function build(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  const environment = { GOBIN: directory, CGO_ENABLED: '0', GOFLAGS: '-mod=mod' };
  for (const module of modules) await run(['go', 'install', module], { environment, timeoutMs: 600_000 });
}
