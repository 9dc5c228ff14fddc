import { spawnSync } from 'node:child_process';
import { atExit } from './at-exit.ts';
import { run } from './run.ts';

/** One end of a link between two namespaces. */
export interface LinkEnd {
  readonly space: string;
  readonly device: string;
  readonly address?: string;
}

/** How a namespace is a host on a network; both addresses with their prefix length. */
export interface Host {
  readonly device: string;
  readonly address: string;
  readonly gateway: string;
  /** A TAP's own address is the router's, until it gets another. */
  readonly mac: string;
}

/** Network namespaces of one measurement, removed with all that is in them. */
export class Namespaces implements AsyncDisposable {
  readonly #names: ReadonlyMap<string, string>;
  readonly #forget: () => void;

  private constructor(spaces: readonly string[]) {
    this.#names = new Map(spaces.map((space) => [space, `mrbench-${process.pid}-${space}`]));
    this.#forget = atExit(() => {
      for (const name of this.#names.values()) spawnSync('ip', ['netns', 'delete', name]);
    });
  }

  static async create(spaces: readonly string[]): Promise<Namespaces> {
    const namespaces = new Namespaces(spaces);
    for (const name of namespaces.#names.values()) {
      await run(['ip', 'netns', 'add', name]);
      await run(['ip', '-n', name, 'link', 'set', 'lo', 'up']);
    }
    return namespaces;
  }

  /** Runs a command in a namespace. */
  run(space: string, command: readonly string[]): Promise<string> {
    return run(['ip', 'netns', 'exec', this.#name(space), ...command]);
  }

  /** Connects two namespaces with a veth pair, both ends up. */
  async connect(left: LinkEnd, right: LinkEnd): Promise<void> {
    const peer = ['peer', 'name', right.device, 'netns', this.#name(right.space)];
    await this.run(left.space, ['ip', 'link', 'add', left.device, 'type', 'veth', ...peer]);
    for (const { space, device, address } of [left, right]) {
      if (address !== undefined) await this.run(space, ['ip', 'address', 'add', address, 'dev', device]);
      await this.run(space, ['ip', 'link', 'set', device, 'up']);
    }
  }

  /** Takes a device out of the network namespace of a process. */
  async adopt(device: {
    readonly pid: number;
    readonly device: string;
    readonly space: string;
  }): Promise<void> {
    const move = ['ip', 'link', 'set', device.device, 'netns', this.#name(device.space)];
    await run(['nsenter', `--target=${device.pid}`, '--net', '--', ...move]);
  }

  /** Gives a namespace an address and a default route. */
  async beHost(space: string, host: Host): Promise<void> {
    const gateway = host.gateway.replace(/\/.*/, '');
    await this.run(space, ['ip', 'address', 'replace', host.address, 'dev', host.device]);
    await this.run(space, ['ip', 'link', 'set', host.device, 'address', host.mac, 'up']);
    await this.run(space, ['ip', 'route', 'replace', 'default', 'via', gateway]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const name of this.#names.values())
      await run(['ip', 'netns', 'delete', name]).catch(() => undefined);
    this.#forget();
  }

  #name(space: string): string {
    const name = this.#names.get(space);
    if (name === undefined) throw new RangeError(`expected one of the namespaces made, got ${space}`);
    return name;
  }
}
