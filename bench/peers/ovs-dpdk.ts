import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { cores, type Forwarding, type ForwardJob, forwardingDevices, type Log, type Peer } from '../peer.ts';
import { startProgram } from '../program.ts';
import { run } from '../run.ts';
import { telemetryScript } from '../setup/dpdk-tools.ts';
import { type OvsFiles, unpackOvs } from '../setup/ovs.ts';
import { dpdkForwarding } from './dpdk-program.ts';

/** Open vSwitch's userspace datapath, doing the work of a router with one rule. */
export const ovsDpdk: Peer = {
  name: 'ovs-dpdk',
  about: 'Open vSwitch with DPDK, one rule: set both MACs, decrement the TTL, output',
  async setUp(log: Log) {
    await unpackOvs(log);
    await telemetryScript(log);
  },
  forward,
};

async function forward(job: ForwardJob): Promise<Forwarding> {
  const files = await unpackOvs(() => {});
  const switchd = new OvsInstance(files, join(job.directory, 'ovs'));
  await using resources = new AsyncDisposableStack();
  const database = resources.use(await switchd.startDatabase());
  await database.until('its socket', async () => existsSync(switchd.databaseSocket) || undefined);
  const filePrefix = `mrbench-ovs-${process.pid}`;
  await switchd.configure([
    ['set', 'Open_vSwitch', '.', ...options({ filePrefix, pcap: job.pcap })],
    ['add-br', 'br0', '--', 'set', 'bridge', 'br0', 'datapath_type=netdev'],
    ...['net_pcap0', 'net_null1'].map((device, index) => addPort(`p${index}`, device)),
  ]);
  const program = resources.use(switchd.startSwitch());
  const management = join(switchd.directory, 'br0.mgmt');
  await program.until('its bridge', async () => existsSync(management) || undefined);
  await program.until('its ports', () => switchd.ports(management));
  await switchd.control(['ovs-ofctl', 'del-flows', `unix:${management}`]);
  await switchd.control(['ovs-ofctl', 'add-flow', `unix:${management}`, rule(job)]);
  const alongside = resources.move();
  return dpdkForwarding({ program, filePrefix, device: 'net_null1', alongside });
}

class OvsInstance {
  readonly directory: string;
  readonly databaseSocket: string;
  readonly #files: OvsFiles;
  readonly #environment: Readonly<Record<string, string>>;

  constructor(files: OvsFiles, directory: string) {
    this.#files = files;
    this.directory = directory;
    this.databaseSocket = join(directory, 'db.sock');
    const places = ['RUNDIR', 'LOGDIR', 'DBDIR', 'SYSCONFDIR'].map((name) => [`OVS_${name}`, directory]);
    this.#environment = { ...files.environment, ...Object.fromEntries(places) };
  }

  async startDatabase() {
    await mkdir(this.directory, { recursive: true });
    const file = join(this.directory, 'conf.db');
    if (!existsSync(file)) await this.control(['ovsdb-tool', 'create', file, this.#files.schema]);
    return startProgram({
      name: 'ovsdb-server',
      command: [
        this.#files.dbServer,
        file,
        `--remote=punix:${this.databaseSocket}`,
        this.#controlSocket('db'),
      ],
      environment: this.#environment,
    });
  }

  startSwitch() {
    return startProgram({
      name: 'ovs-vswitchd',
      command: [this.#files.vswitchd, `unix:${this.databaseSocket}`, this.#controlSocket('switch')],
      environment: this.#environment,
      ownNetwork: true,
    });
  }

  /** Writes to the database without waiting for a switch. */
  async configure(commands: readonly (readonly string[])[]): Promise<void> {
    const all = commands.flatMap((command) => ['--', ...command]);
    await this.control(['ovs-vsctl', `--db=unix:${this.databaseSocket}`, '--no-wait', 'init', ...all]);
  }

  /** Returns the description of both ports once they are in the bridge. */
  async ports(management: string): Promise<string | undefined> {
    const text = await this.control(['ovs-ofctl', 'dump-ports-desc', `unix:${management}`]);
    return text.includes('(p0)') && text.includes('(p1)') ? text : undefined;
  }

  control(command: readonly [string, ...string[]]): Promise<string> {
    return run(['env', ...command], { environment: this.#environment });
  }

  #controlSocket(name: string): string {
    return `--unixctl=${join(this.directory, `${name}.ctl`)}`;
  }
}

function options(spec: { readonly filePrefix: string; readonly pcap: string }): readonly string[] {
  const devices = forwardingDevices(spec.pcap).map((device) => `--vdev=${device}`);
  const extra = ['--no-pci', '--in-memory', '-m 512', `--file-prefix=${spec.filePrefix}`, ...devices];
  return [
    'other_config:dpdk-init=true',
    `other_config:dpdk-extra="${extra.join(' ')}"`,
    `other_config:dpdk-lcore-mask=${1 << cores.control}`,
    `other_config:pmd-cpu-mask=${1 << cores.datapath}`,
  ];
}

function addPort(name: string, device: string): readonly string[] {
  const settings = ['type=dpdk', `options:dpdk-devargs=${device}`];
  return ['add-port', 'br0', name, '--', 'set', 'Interface', name, ...settings];
}

function rule({ workload }: ForwardJob): string {
  const protocol = workload.family === 'ipv4' ? 'ip' : 'ipv6';
  const actions = 'mod_dl_src:02:00:00:00:00:11,mod_dl_dst:02:00:00:00:00:22,dec_ttl,output:p1';
  return `in_port=p0,${protocol},actions=${actions}`;
}
