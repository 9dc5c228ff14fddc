import type { Namespace } from '../../lab/namespace.ts';
import type { Program } from '../../lab/program.ts';
import { cores, type Forwarding, type ForwardJob, forwardingDevices, type Log, type Peer } from '../peer.ts';
import { bootPatience, startProgram } from '../program.ts';
import { telemetryScript } from '../setup/dpdk-tools.ts';
import { type AttachedSwitch, type VhostJob, type VhostSwitch, vhostDevices } from '../vhost-switch.ts';
import { dpdkForwarding, ealArguments, ownFilePrefix } from './dpdk-program.ts';

/** DPDK's test program, which rewrites the MAC addresses and looks nothing up: the ceiling of these ports. */
export const testpmd: Peer & VhostSwitch = {
  name: 'testpmd',
  about: "DPDK's testpmd, mac forwarding, bursts of 64; it looks up no route",
  async setUp(log: Log) {
    await telemetryScript(log);
  },
  forward,
  attach,
};

function forward(job: ForwardJob): Promise<Forwarding> {
  const filePrefix = ownFilePrefix('testpmd');
  const program = startTestpmd(filePrefix, forwardingDevices(job));
  return dpdkForwarding({ program, filePrefix, device: 'net_null1' });
}

async function attach({ sockets }: VhostJob): Promise<AttachedSwitch> {
  const program = startTestpmd(ownFilePrefix('testpmd'), vhostDevices(sockets));
  return { pid: program.pid, [Symbol.asyncDispose]: () => program[Symbol.asyncDispose]() };
}

/** Starts it in a namespace so that it hands frames on as they are, from either device to the other. */
export async function startBridgingTestpmd(
  namespace: Namespace,
  devices: readonly string[],
): Promise<Program> {
  const command = testpmdCommand({ filePrefix: ownFilePrefix('testpmd'), devices, mode: 'io' });
  const program = namespace.start(command.join(' '));
  await program.said(/Press enter to exit|packet forwarding - ports=2/, bootPatience);
  return program;
}

/** Starts it with a thread for each pair of ports, the first on the datapath core, the next on the control core. */
export async function startTestpmdOnPairs(
  devices: readonly string[],
): Promise<{ readonly program: Program; readonly filePrefix: string }> {
  const threads = devices.length / 2;
  const filePrefix = ownFilePrefix('testpmd');
  const program = startProgram({ command: testpmdCommand({ filePrefix, devices, mode: 'mac', threads }) });
  await program.said(new RegExp(`packet forwarding - ports=${devices.length}`), bootPatience);
  return { program, filePrefix };
}

function startTestpmd(filePrefix: string, devices: readonly string[]): Program {
  return startProgram({ command: testpmdCommand({ filePrefix, devices, mode: 'mac' }) });
}

function testpmdCommand(options: {
  readonly filePrefix: string;
  readonly devices: readonly string[];
  readonly mode: 'io' | 'mac';
  readonly threads?: number;
}): readonly [string, ...string[]] {
  const { filePrefix, devices, mode, threads = 1 } = options;
  const cpus = [cores.datapath, cores.control].slice(0, threads);
  const lcores = [`0@${cores.control}`, ...cpus.map((cpu, index) => `${index + 1}@${cpu}`)].join(',');
  return [
    'dpdk-testpmd',
    ...ealArguments({ lcores, filePrefix, devices }),
    '--',
    ...[
      `--forward-mode=${mode}`,
      '--burst=64',
      `--nb-cores=${threads}`,
      '--total-num-mbufs=32768',
      '--auto-start',
    ],
    '--stats-period=3600', // keeps it from reading its standard input
  ];
}
