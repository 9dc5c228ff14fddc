import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Host } from '../host.ts';
import type { Program } from '../program.ts';
import type { Delays } from './delays.ts';
import { Findings, type Outcome } from './outcome.ts';

/** A steady stream of datagrams from one host to another, counted by the kernels at both ends. */
export class Traffic implements AsyncDisposable {
  readonly #sender: Program;
  readonly #counter: Program;

  private constructor(sender: Program, counter: Program) {
    this.#sender = sender;
    this.#counter = counter;
  }

  static async start(from: Host, to: Host, packetsPerSecond: number): Promise<Traffic> {
    const sender = from.start(`${node} ${program('sender.ts')} ${to.ip4} ${packetsPerSecond}`);
    await sender.said(/sending/);
    const counter = to.start(`${node} ${program('counter.ts')} ${sender.pid}`);
    await counter.said(/counting/);
    return new Traffic(sender, counter);
  }

  /** Ends it, lets the last packets arrive, and tells what became of all. */
  async stop(): Promise<Delays> {
    this.#sender.signal('SIGUSR2');
    await delay(100);
    await this.#counter.close();
    await this.#sender.close();
    return JSON.parse(this.#counter.stdout.trim().split('\n').at(-1) ?? '');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#sender.close();
    await this.#counter.close();
  }
}

/** What forwarding may suffer. */
export interface TrafficLimits {
  /** The longest that a packet may be on its way. */
  readonly mostMs: number;
  readonly mostLost: number;
}

/** Says whether all packets arrived, and none too late. */
export function judgeTraffic(
  { sent, received, longestMs }: Delays,
  { mostMs, mostLost }: TrafficLimits,
): Outcome {
  const findings = new Findings();
  const lost = Math.max(0, sent - received);
  findings.note('packets sent meanwhile', sent);
  findings.note('packets lost', lost);
  findings.note('longest on their way', `${longestMs} ms`);
  findings.expect(sent > 0, 'expected packets, none were sent');
  findings.expect(
    lost <= mostLost,
    `expected at most ${mostLost} of ${sent} packets to be lost, ${lost} were`,
  );
  findings.expect(
    longestMs <= mostMs,
    `expected no packet to take over ${mostMs} ms, one took ${longestMs} ms`,
  );
  return findings;
}

const node = process.execPath;

function program(file: string): string {
  return fileURLToPath(new URL(file, import.meta.url));
}
