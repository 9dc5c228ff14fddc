import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Program } from '../../lab/program.ts';
import { startProgram } from '../program.ts';
import { run } from '../run.ts';
import type { OvsFiles } from '../setup/ovs.ts';

/** The programs of one Open vSwitch, with all its files in a directory of its own. */
export class OvsInstance {
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

  async startDatabase(): Promise<Program> {
    await mkdir(this.directory, { recursive: true });
    const file = join(this.directory, 'conf.db');
    if (!existsSync(file)) await this.control(['ovsdb-tool', 'create', file, this.#files.schema]);
    return startProgram({
      command: [
        this.#files.dbServer,
        file,
        `--remote=punix:${this.databaseSocket}`,
        this.#controlSocket('db'),
      ],
      environment: this.#environment,
    });
  }

  startSwitch(): Program {
    return startProgram({
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

  /** The socket by which a bridge is told its rules. */
  managementOf(bridge: string): string {
    return join(this.directory, `${bridge}.mgmt`);
  }

  /** Returns true once these ports are in the bridge. */
  async hasPorts(bridge: string, ports: readonly string[]): Promise<true | undefined> {
    const management = `unix:${this.managementOf(bridge)}`;
    const text = await this.control(['ovs-ofctl', 'dump-ports-desc', management]);
    return ports.every((port) => text.includes(`(${port})`)) || undefined;
  }

  /** Runs a command in the switch. */
  async tell(command: readonly string[]): Promise<void> {
    await this.control(['ovs-appctl', `--target=${join(this.directory, 'switch.ctl')}`, ...command]);
  }

  control(command: readonly [string, ...string[]]): Promise<string> {
    return run(['env', ...command], { environment: this.#environment });
  }

  #controlSocket(name: string): string {
    return `--unixctl=${join(this.directory, `${name}.ctl`)}`;
  }
}
