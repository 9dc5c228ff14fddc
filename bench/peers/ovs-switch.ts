import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Program } from '../../lab/program.ts';
import { cores, type ForwardJob, forwardingDevices, type Peer } from '../peer.ts';
import { bootPatience } from '../program.ts';
import { run } from '../run.ts';
import { telemetryScript } from '../setup/dpdk-tools.ts';
import { unpackOvs } from '../setup/ovs.ts';
import { dpdkForwarding, ownFilePrefix } from './dpdk-program.ts';
import { OvsInstance } from './ovs-instance.ts';

/** The bridges of an Open vSwitch, and what they are told once they are there. */
export interface SwitchPlan {
  readonly bridges: readonly BridgePlan[];
  /** OpenFlow rules by the bridge; a bridge without any learns and switches by itself. */
  readonly rules?: Readonly<Record<string, readonly string[]>>;
  /** Lines for iproute2 in its network namespace, where the bridges themselves are interfaces. */
  readonly host?: readonly string[];
  readonly neighbors?: readonly { readonly bridge: string; readonly address: string; readonly mac: string }[];
  /** Stations that it need not learn. */
  readonly stations?: readonly { readonly bridge: string; readonly port: string; readonly mac: string }[];
}

export interface BridgePlan {
  readonly name: string;
  readonly settings?: readonly string[];
  /** Its ports, each with the settings of its interface. */
  readonly ports: Readonly<Record<string, readonly string[]>>;
}

/** The settings of the ports that DPDK's devices are. */
export const receivePort = ['type=dpdk', 'options:dpdk-devargs=net_pcap0'] as const;

export function transmitPort(job: Pick<ForwardJob, 'capture'>): readonly string[] {
  return ['type=dpdk', `options:dpdk-devargs=${transmitDevice(job)}`];
}

/** Open vSwitch's userspace datapath by a plan that needs to know where packets go to. */
export function ovsDoing(about: string, planFor: (transmit: readonly string[]) => SwitchPlan): Peer {
  return {
    name: 'ovs-dpdk',
    about: `Open vSwitch with DPDK, ${about}`,
    setUp: async (log) => {
      await unpackOvs(log);
      await telemetryScript(log);
    },
    forward: async (job) => {
      const filePrefix = ownFilePrefix('ovs');
      const devices = forwardingDevices(job).map((device) => `--vdev=${device}`);
      const alongside = new AsyncDisposableStack();
      const program = await startSwitch(alongside, {
        directory: job.directory,
        eal: [`--file-prefix=${filePrefix}`, ...devices],
        plan: planFor(transmitPort(job)),
      });
      return dpdkForwarding({ program, filePrefix, device: transmitDevice(job), alongside });
    },
  };
}

export interface SwitchSpec {
  readonly directory: string;
  readonly eal: readonly string[];
  readonly plan: SwitchPlan;
}

/** Starts Open vSwitch; what has been started belongs to the stack, and is ended when this fails. */
export async function startSwitch(resources: AsyncDisposableStack, spec: SwitchSpec): Promise<Program> {
  try {
    return await start(resources, spec);
  } catch (error) {
    await resources.disposeAsync();
    throw error;
  }
}

async function start(resources: AsyncDisposableStack, spec: SwitchSpec): Promise<Program> {
  const { bridges } = spec.plan;
  const ovs = new OvsInstance(await unpackOvs(() => {}), join(spec.directory, 'ovs'));
  const database = resources.use(await ovs.startDatabase());
  await database.until(() => existsSync(ovs.databaseSocket) || undefined, 'its socket', bootPatience);
  await ovs.configure([
    ['set', 'Open_vSwitch', '.', ...options(spec.eal)],
    ...bridges.flatMap(bridgeCommands),
  ]);
  const program = resources.use(ovs.startSwitch());
  for (const { name, ports } of bridges) {
    const management = ovs.managementOf(name);
    await program.until(() => existsSync(management) || undefined, 'its bridge', bootPatience);
    await program.until(() => ovs.hasPorts(name, Object.keys(ports)), 'its ports', bootPatience);
  }
  await instruct(ovs, program, spec.plan);
  return program;
}

async function instruct(ovs: OvsInstance, program: Program, plan: SwitchPlan): Promise<void> {
  for (const [bridge, rules] of Object.entries(plan.rules ?? {})) {
    const management = `unix:${ovs.managementOf(bridge)}`;
    await ovs.control(['ovs-ofctl', 'del-flows', management]);
    for (const rule of rules) await ovs.control(['ovs-ofctl', 'add-flow', management, rule]);
  }
  for (const line of plan.host ?? [])
    await run(['nsenter', `--target=${program.pid}`, '--net', '--', 'ip', ...line.split(' ')]);
  for (const { bridge, address, mac } of plan.neighbors ?? [])
    await ovs.tell(['tnl/neigh/set', bridge, address, mac]);
  for (const { bridge, port, mac } of plan.stations ?? [])
    await ovs.tell(['fdb/add', bridge, port, '0', mac]);
}

function options(eal: readonly string[]): readonly string[] {
  const extra = ['--no-pci', '--in-memory', '-m 512', ...eal];
  return [
    'other_config:dpdk-init=true',
    `other_config:dpdk-extra="${extra.join(' ')}"`,
    `other_config:dpdk-lcore-mask=${1 << cores.control}`,
    `other_config:pmd-cpu-mask=${1 << cores.datapath}`,
  ];
}

function bridgeCommands({ name, settings = [], ports }: BridgePlan): readonly (readonly string[])[] {
  return [
    ['add-br', name, '--', 'set', 'bridge', name, 'datapath_type=netdev', ...settings],
    ...Object.entries(ports).map(([port, each]) => addPort(name, port, each)),
  ];
}

function addPort(bridge: string, port: string, settings: readonly string[]): readonly string[] {
  return ['add-port', bridge, port, '--', 'set', 'Interface', port, ...settings];
}

function transmitDevice({ capture }: Pick<ForwardJob, 'capture'>): string {
  return capture === undefined ? 'net_null1' : 'net_pcap1';
}
