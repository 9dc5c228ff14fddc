import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';
import { BenchError } from './bench-error.ts';
import type { Sample } from './peer.ts';

/**
 * Reads the counters of a DPDK program through its telemetry socket. The socket is of type SOCK_SEQPACKET,
 * which Node.js does not have, so DPDK's own client is kept running beside it.
 */
export class Telemetry implements AsyncDisposable {
  readonly #client: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;
  readonly #reader: Interface;

  constructor({ script, filePrefix }: { readonly script: string; readonly filePrefix: string }) {
    this.#client = spawn('setpriv', ['--pdeathsig', 'KILL', '--', 'python3', '-u', script, '-f', filePrefix]);
    this.#client.stdin.on('error', () => {});
    this.#reader = createInterface(this.#client.stdout);
    this.#lines = this.#reader[Symbol.asyncIterator]();
  }

  /** Packets that the port with this device name has sent. */
  sentBy(device: string): Promise<Sample> {
    return this.#count(device, 'tx_good_packets');
  }

  /** Packets that the port with this device name has received. */
  receivedBy(device: string): Promise<Sample> {
    return this.#count(device, 'rx_good_packets');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#reader.close();
    this.#client.kill('SIGKILL');
  }

  readonly #ports = new Map<string, number>();

  async #count(device: string, counter: string): Promise<Sample> {
    const port = await this.#portOf(device);
    const beforeMs = performance.now();
    const statistics = record(await this.#ask('/ethdev/xstats', port));
    const atMs = (beforeMs + performance.now()) / 2;
    return { packets: Number(statistics[counter]), atMs };
  }

  async #portOf(device: string): Promise<number> {
    if (this.#ports.size === 0) {
      for (const port of list(await this.#ask('/ethdev/list'))) {
        this.#ports.set(String(record(await this.#ask('/ethdev/info', Number(port))).name), Number(port));
      }
    }
    const port = this.#ports.get(device);
    if (port === undefined) {
      const known = [...this.#ports.keys()].join(', ');
      throw new BenchError(
        'BENCH_TELEMETRY',
        `expected a port ${device}, got ${known}, reading its counters`,
      );
    }
    return port;
  }

  async #ask(command: string, port?: number): Promise<unknown> {
    this.#client.stdin.write(port === undefined ? `${command}\n` : `${command},${port}\n`);
    const { value, done } = await this.#lines.next();
    if (done)
      throw new BenchError('BENCH_TELEMETRY', `expected an answer to ${command}, the connection ended`);
    return record(JSON.parse(value))[command];
  }
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value));
  throw new BenchError(
    'BENCH_TELEMETRY',
    `expected an object, got ${JSON.stringify(value)}, reading counters`,
  );
}

function list(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new BenchError('BENCH_TELEMETRY', `expected a list, got ${JSON.stringify(value)}, reading counters`);
}
