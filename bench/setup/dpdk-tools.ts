import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Log } from '../peer.ts';
import { cached } from './cache.ts';
import { unpackDebianPackages } from './debian.ts';

const telemetryClient = '/usr/bin/dpdk-telemetry.py';
const examples = '/usr/share/dpdk/examples';

/** Returns the path of DPDK's telemetry client. */
export async function telemetryScript(log: Log): Promise<string> {
  return existsSync(telemetryClient) ? telemetryClient : join(await dpdkExtras(log), telemetryClient);
}

/** Returns the directory with the sources of DPDK's examples. */
export async function exampleSources(log: Log): Promise<string> {
  return existsSync(`${examples}/l3fwd/main.c`) ? examples : join(await dpdkExtras(log), examples);
}

function dpdkExtras(log: Log): Promise<string> {
  return cached({
    name: 'dpdk-extras',
    what: 'unpacks the Debian packages dpdk-dev and dpdk-doc',
    log,
    make: (directory) => unpackDebianPackages(['dpdk-dev', 'dpdk-doc'], directory),
  });
}
