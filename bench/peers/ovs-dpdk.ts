import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Program } from '../../lab/program.ts';
import { cores, type Forwarding, type ForwardJob, forwardingDevices, type Log, type Peer } from '../peer.ts';
import { bootPatience } from '../program.ts';
import { telemetryScript } from '../setup/dpdk-tools.ts';
import { unpackOvs } from '../setup/ovs.ts';
import type { AttachedSwitch, VhostJob, VhostSwitch } from '../vhost-switch.ts';
import { dpdkForwarding, ownFilePrefix } from './dpdk-program.ts';
import { OvsInstance } from './ovs-instance.ts';

/** Open vSwitch's userspace datapath, doing the work of a router with one rule. */
export const ovsDpdk: Peer & VhostSwitch = {
  name: 'ovs-dpdk',
  about: 'Open vSwitch with DPDK, one rule: set both MACs, decrement the TTL, output',
  async setUp(log: Log) {
    await unpackOvs(log);
    await telemetryScript(log);
  },
  forward,
  attach,
};

async function forward(job: ForwardJob): Promise<Forwarding> {
  const filePrefix = ownFilePrefix('ovs');
  const alongside = new AsyncDisposableStack();
  const program = await startBridge(alongside, {
    directory: job.directory,
    eal: [`--file-prefix=${filePrefix}`, ...forwardingDevices(job.pcap).map((device) => `--vdev=${device}`)],
    ports: ['net_pcap0', 'net_null1'].map((device) => ['type=dpdk', `options:dpdk-devargs=${device}`]),
    rules: [rule('ip', 'p0', 'p1'), rule('ipv6', 'p0', 'p1')],
  });
  return dpdkForwarding({ program, filePrefix, device: 'net_null1', alongside });
}

async function attach(job: VhostJob): Promise<AttachedSwitch> {
  const resources = new AsyncDisposableStack();
  const { pid } = await startBridge(resources, {
    directory: job.directory,
    eal: [`--file-prefix=${ownFilePrefix('ovs')}`],
    ports: job.sockets.map((path) => ['type=dpdkvhostuserclient', `options:vhost-server-path=${path}`]),
    rules: [rule('ip', 'p0', 'p1'), rule('ipv6', 'p0', 'p1')],
  });
  return { pid, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}

interface BridgeSpec {
  readonly directory: string;
  readonly eal: readonly string[];
  /** Settings of the interfaces p0 and p1. */
  readonly ports: readonly (readonly string[])[];
  readonly rules: readonly string[];
}

// What has been started belongs to the stack, also when this fails.
async function startBridge(resources: AsyncDisposableStack, spec: BridgeSpec): Promise<Program> {
  try {
    return await bridge(resources, spec);
  } catch (error) {
    await resources.disposeAsync();
    throw error;
  }
}

async function bridge(resources: AsyncDisposableStack, spec: BridgeSpec): Promise<Program> {
  const ovs = new OvsInstance(await unpackOvs(() => {}), join(spec.directory, 'ovs'));
  const database = resources.use(await ovs.startDatabase());
  await database.until(() => existsSync(ovs.databaseSocket) || undefined, 'its socket', bootPatience);
  await ovs.configure([
    ['set', 'Open_vSwitch', '.', ...options(spec.eal)],
    ['add-br', 'br0', '--', 'set', 'bridge', 'br0', 'datapath_type=netdev'],
    ...spec.ports.map((settings, index) => addPort(`p${index}`, settings)),
  ]);
  const program = resources.use(ovs.startSwitch());
  const management = join(ovs.directory, 'br0.mgmt');
  await program.until(() => existsSync(management) || undefined, 'its bridge', bootPatience);
  await program.until(() => ovs.ports(management), 'its ports', bootPatience);
  await ovs.control(['ovs-ofctl', 'del-flows', `unix:${management}`]);
  for (const each of spec.rules) await ovs.control(['ovs-ofctl', 'add-flow', `unix:${management}`, each]);
  return program;
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

function addPort(name: string, settings: readonly string[]): readonly string[] {
  return ['add-port', 'br0', name, '--', 'set', 'Interface', name, ...settings];
}

function rule(protocol: 'ip' | 'ipv6', from: string, to: string): string {
  const actions = `mod_dl_src:02:00:00:00:00:11,mod_dl_dst:02:00:00:00:00:22,dec_ttl,output:${to}`;
  return `in_port=${from},${protocol},actions=${actions}`;
}
