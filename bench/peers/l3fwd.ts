import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cores, type Forwarding, type ForwardJob, forwardingDevices, type Log, type Peer } from '../peer.ts';
import { startProgram } from '../program.ts';
import { telemetryScript } from '../setup/dpdk-tools.ts';
import { buildL3fwd } from '../setup/l3fwd.ts';
import { type Family, familyOf, type Workload } from '../workload.ts';
import { dpdkForwarding, ealArguments, ownFilePrefix } from './dpdk-program.ts';

/** DPDK's own example of a router, with its longest-prefix-match table: the yardstick. */
export const l3fwd: Peer = {
  name: 'l3fwd',
  about: "DPDK's l3fwd example, LPM, compiled from Debian's sources",
  async setUp(log: Log) {
    await buildL3fwd(log);
    await telemetryScript(log);
  },
  forward,
};

async function forward(job: ForwardJob): Promise<Forwarding> {
  const rules = await writeRules(job);
  const filePrefix = ownFilePrefix('l3fwd');
  const program = startProgram({
    command: [
      await buildL3fwd(() => {}),
      ...ealArguments({
        lcores: `${cores.datapath}@${cores.datapath}`,
        filePrefix,
        devices: forwardingDevices(job),
      }),
      '--',
      ...['-p', '3', '-P', '--parse-ptype', '--lookup=lpm', `--config=(0,0,${cores.datapath})`],
      ...[`--rule_ipv4=${rules.ipv4}`, `--rule_ipv6=${rules.ipv6}`],
    ],
  });
  return dpdkForwarding({ program, filePrefix, device: 'net_null1' });
}

// Both files must be there, and neither may be empty.
async function writeRules({
  workload,
  directory,
}: ForwardJob): Promise<{ readonly ipv4: string; readonly ipv6: string }> {
  const files = { ipv4: join(directory, 'l3fwd-ipv4.cfg'), ipv6: join(directory, 'l3fwd-ipv6.cfg') };
  await writeFile(files.ipv4, rulesText(workload, 'ipv4', '10.255.0.0/24'));
  await writeFile(files.ipv6, rulesText(workload, 'ipv6', '2001:db8:ffff::/48'));
  return files;
}

function rulesText(workload: Workload, family: Family, unused: string): string {
  const destinations = workload.routes
    .filter((route) => familyOf(route) === family)
    .map(({ destination }) => destination);
  return (destinations.length > 0 ? destinations : [unused])
    .map((destination) => `R${destination} ${transmitPort}\n`)
    .join('');
}

const transmitPort = 1;
