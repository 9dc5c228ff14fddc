import type { Namespace } from '../namespace.ts';
import type { Program } from '../program.ts';
import { longestGap } from '../witness/ping.ts';

/** A ping every ten milliseconds from a pod to an address, until closed. */
export class PodPings {
  readonly #program: Program;

  constructor(from: Namespace, to: string) {
    this.#program = from.start(`ping -n -D -i 0.01 ${to}`);
  }

  /** The longest time between two answers. */
  async close(): Promise<{ readonly longestGapMs: number }> {
    const beforeMs = Date.now();
    await this.#program.close('SIGINT');
    const text = Buffer.from(this.#program.bytes).toString();
    const times = [...text.matchAll(/^\[([0-9.]+)\] .* bytes from /gm)].map(
      ([, time]) => Number(time) * 1000,
    );
    if (times.length === 0) return { longestGapMs: Number.POSITIVE_INFINITY };
    return { longestGapMs: longestGap([...times, beforeMs]) };
  }
}
