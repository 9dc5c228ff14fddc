import { join } from 'node:path';
import { Program } from './program.ts';

/** A DPDK application: its ports are vhost-user sockets that it serves, as a pod does. */
export interface DpdkAppOptions {
  /** Where the sockets are made, one a port. */
  readonly directory: string;
  readonly ports: number;
  /** Its devices, where they are not vhost-user sockets of its own in the directory. */
  readonly devices?: readonly string[];
  /** Unique among the DPDK processes of the machine. */
  readonly name?: string;
  /** The CPU it runs on; its one forwarding thread never sleeps. */
  readonly cpu?: number;
  /** Starts its command line, where that is not on this machine but in a container. */
  readonly launch?: (line: string) => Program;
  /** Whether it follows its links, without which it does not listen again for a router that was restarted. */
  readonly followsLinks?: boolean;
  /** Words for EAL about its memory, where that is not anonymous. */
  readonly memory?: readonly string[];
}

/** What it does with packets: testpmd's forwarding modes. */
export type ForwardMode = 'io' | 'mac' | 'macswap' | '5tswap' | 'icmpecho' | 'csum';

/** testpmd, the DPDK project's own application, behind virtio_user ports in server mode. */
export class DpdkApp implements AsyncDisposable {
  readonly sockets: readonly string[];
  readonly command: readonly [string, ...string[]];
  readonly #program: Program;

  /** Starts it; it waits until a router has connected to every socket. */
  constructor(options: DpdkAppOptions) {
    const { directory, ports, devices, name = `mr-${process.pid}-app`, cpu = 0 } = options;
    this.sockets = Array.from({ length: ports }, (_, port) => join(directory, `${name}-${port}.sock`));
    const own = (path: string, port: number) =>
      `net_virtio_user${port},path=${path},server=1,mac=${appMac(port)}`;
    const vdevs = (devices ?? this.sockets.map(own)).flatMap((device) => ['--vdev', device]);
    const { memory: kind = ['--in-memory'] } = options;
    const memory = [...kind, '--single-file-segments', '-m', '128', '--file-prefix', name];
    const threads = ['--no-pci', '--lcores', `0@${cpu},1@${cpu}`];
    const links = options.followsLinks === true ? [] : ['--no-lsc-interrupt'];
    const rest = ['--interactive', '--total-num-mbufs=8192', ...links];
    // Its loop never sleeps, and the machine may have only this CPU for everything else.
    this.command = ['nice', 'stdbuf', '-oL', 'dpdk-testpmd', ...threads, ...memory, ...vdevs, '--', ...rest];
    this.#program = options.launch?.(this.command.join(' ')) ?? new Program(this.command, { directory });
  }

  /** The devargs of the router's port to one of its ports. */
  devargs(port: number, index = port): string {
    return `net_vhost${index},iface=${this.sockets[port]},client=1`;
  }

  /**
   * Waits until the router has connected, then forwards packets in a mode, from one port to its neighbour; with only
   * one port, back to where they came from.
   */
  async forward(mode: ForwardMode, ports = this.sockets.map((_, port) => port)): Promise<void> {
    await this.#program.said(/testpmd> /, { timeoutMs: 20_000 });
    this.#program.write(`stop\nset portlist ${ports.join(',')}\nset fwd ${mode}\nstart\n`);
    await this.#program.said(new RegExp(`^${mode} packet forwarding`, 'm'), { timeoutMs: 10_000 });
  }

  /** Packets that one of its ports has received and sent. */
  async counted(port: number): Promise<{ readonly received: number; readonly sent: number }> {
    const before = this.#program.stdout.length;
    this.#program.write(`show port stats ${port}\n`);
    const counts = /RX-packets: (\d+).+?TX-packets: (\d+)/s;
    const found = await this.#program.until(
      () => counts.exec(this.#program.stdout.slice(before)),
      'statistics',
    );
    return { received: Number(found[1]), sent: Number(found[2]) };
  }

  /** What it wrote. */
  get output(): string {
    return this.#program.stdout + this.#program.stderr;
  }

  async close(): Promise<void> {
    if (this.#program.running) this.#program.write('quit\n');
    await this.#program.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** The MAC address of a port of the application. */
export function appMac(port: number): string {
  return `02:00:00:0a:00:0${port + 1}`;
}
