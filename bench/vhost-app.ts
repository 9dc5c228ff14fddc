import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Program } from '../lab/program.ts';
import { cores, type Sample } from './peer.ts';
import { ealArguments, openTelemetry, ownFilePrefix } from './peers/dpdk-program.ts';
import { bootPatience, startProgram } from './program.ts';
import type { Telemetry } from './telemetry.ts';

/** The application's ends: sockets that it owns, and their addresses. */
export const vhostEnds = [
  { socket: 'app0', mac: '02:00:00:00:aa:00' },
  { socket: 'app1', mac: '02:00:00:00:aa:01' },
] as const;

/** Where all its packets go, from both ends: flowgen lets neither be chosen. */
export const vhostDestination = { prefix: '10.253.0.0/16', mac: '00:01:02:03:04:01' } as const;

/**
 * A DPDK application with two vhost-user ends (testpmd, flowgen): it sends 60-byte packets out of each and
 * counts what comes back at the other. One process is both applications, because two that share one core
 * would mostly wait for each other.
 */
export class VhostApplication implements AsyncDisposable {
  readonly sockets: readonly string[];
  readonly #program: Program;
  readonly #filePrefix: string;
  #telemetry: Telemetry | undefined;

  constructor(directory: string) {
    this.#filePrefix = ownFilePrefix('application');
    this.sockets = vhostEnds.map(({ socket }) => join(directory, socket));
    this.#program = startProgram({
      command: ['dpdk-testpmd', ...this.#arguments()],
    });
  }

  /** Waits until it offers a switch its first socket; the next comes when that is connected. */
  async listening(): Promise<void> {
    const first = this.sockets[0] ?? '';
    await this.#program.until(() => existsSync(first) || undefined, 'its first socket', bootPatience);
  }

  /** Packets that have come back, at both ends. */
  async received(): Promise<Sample> {
    this.#telemetry ??= await openTelemetry(this.#program, this.#filePrefix);
    const left = await this.#telemetry.receivedBy('net_virtio_user0');
    const right = await this.#telemetry.receivedBy('net_virtio_user1');
    return { packets: left.packets + right.packets, atMs: (left.atMs + right.atMs) / 2 };
  }

  /** Waits until packets have gone all the way. */
  async flowing(): Promise<void> {
    await this.#program.until(
      async () => (await this.received()).packets > 0 || undefined,
      'a packet that came back',
      bootPatience,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#telemetry?.[Symbol.asyncDispose]();
    await this.#program.close();
  }

  #arguments(): readonly string[] {
    const filePrefix = this.#filePrefix;
    const lcores = `0@${cores.control},1@${cores.control}`;
    const devices = vhostEnds.map(({ mac }, index) => {
      return `net_virtio_user${index},path=${this.sockets[index]},server=1,queue_size=1024,mac=${mac}`;
    });
    return [
      ...ealArguments({ lcores, filePrefix, devices, memoryMiB: 256 }),
      ...['--single-file-segments', '--', '--forward-mode=flowgen', '--flowgen-flows=1024', '--nb-cores=1'],
      ...['--txpkts=64', '--auto-start', '--stats-period=3600'], // flowgen counts the frame's checksum in
    ];
  }
}
