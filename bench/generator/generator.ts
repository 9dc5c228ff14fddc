import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Program } from '../../lab/program.ts';
import { BenchError } from '../bench-error.ts';
import { encodePcap } from '../pcap.ts';
import { cores } from '../peer.ts';
import { ealArguments, ownFilePrefix } from '../peers/dpdk-program.ts';
import { bootPatience, startProgram } from '../program.ts';
import { buildGenerator } from '../setup/generator.ts';

/** What one measurement of the generator gave; times on the second clock are without the generator's own stalls. */
export interface Passage {
  readonly seconds: number;
  /** Packets handed to the first port, those that it took, and those that came back. */
  readonly offered: number;
  readonly sent: number;
  readonly received: number;
  /** Bursts handed to the first port, and those of which it took only a part because it was full. */
  readonly tries: number;
  readonly full: number;
  /** How often and how long the generator itself was not running. */
  readonly stalls: number;
  readonly stalledSeconds: number;
  /** Received packets without a latency, because the generator stalled while they were on their way. */
  readonly excluded: number;
  readonly medianNs: number;
  readonly p99Ns: number;
  readonly p999Ns: number;
  readonly longestNs: number;
}

const fields = [
  ...['seconds', 'offered', 'sent', 'received', 'tries', 'full', 'stalls', 'stalledSeconds', 'excluded'],
  ...['medianNs', 'p99Ns', 'p999Ns', 'longestNs'],
];

/**
 * A DPDK application with two vhost-user ends on the control core: it sends stamped packets out of the first and takes
 * them back at the second. One process is both ends, because two that share one core would mostly wait for each other,
 * and because one clock then stamps both.
 */
export class Generator implements AsyncDisposable {
  readonly sockets: readonly string[];
  readonly #program: Program;

  private constructor(program: Program, sockets: readonly string[]) {
    this.#program = program;
    this.sockets = sockets;
  }

  /** Starts it; it waits until a switch has connected to both sockets. */
  static async start(directory: string, frames: readonly Uint8Array[]): Promise<Generator> {
    const pcap = join(directory, 'generator.pcap');
    writeFileSync(pcap, encodePcap(frames));
    const sockets = ['app0', 'app1'].map((name) => join(directory, name));
    const devices = sockets.map((path, index) => {
      return `net_virtio_user${index},path=${path},server=1,queue_size=1024,mac=02:00:00:00:aa:0${index}`;
    });
    const filePrefix = ownFilePrefix('generator');
    const eal = ealArguments({ lcores: `0@${cores.control}`, filePrefix, devices, memoryMiB: 256 });
    const program = startProgram({
      command: [await buildGenerator(() => {}), ...eal, '--single-file-segments', '--', pcap],
    });
    const generator = new Generator(program, sockets);
    await program.until(() => existsSync(sockets[0] ?? '') || undefined, 'its first socket', bootPatience);
    return generator;
  }

  /** Waits until packets go all the way. */
  async flowing(): Promise<void> {
    await this.#program.said(/^ready$/m, bootPatience);
    const look = async () => (await this.measure({ rate: 10_000, seconds: 0.05 })).received > 0 || undefined;
    await this.#program.until(look, 'a packet that came back', bootPatience);
  }

  /** Sends packets at a rate in packets a second, 0 for as fast as possible, for a time without its own stalls. */
  async measure({ rate, seconds }: { readonly rate: number; readonly seconds: number }): Promise<Passage> {
    const before = this.#program.stdout.length;
    this.#program.write(`${rate} ${seconds * 1000}\n`);
    const answer = await this.#program.until(
      () => /^\{.*\}$/m.exec(this.#program.stdout.slice(before))?.[0],
      'its result',
      { timeoutMs: seconds * 10_000 + 5000, everyMs: 20 },
    );
    return parsePassage(answer);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program.close();
  }
}

/** Reads the generator's answer. @throws BenchError when a figure is missing */
export function parsePassage(text: string): Passage {
  const value: Passage = JSON.parse(text);
  const missing = fields.filter((field) => typeof Object(value)[field] !== 'number');
  if (missing.length === 0) return value;
  throw new BenchError(
    'BENCH_GENERATOR',
    `expected ${missing.join(', ')} in the generator's answer: ${text}`,
  );
}
