import { type ChildProcess, spawn } from 'node:child_process';
import { BenchError } from '../bench-error.ts';
import { PcapReader } from '../pcap.ts';

const patienceMs = 30_000;

/** The frames that a program writes as a pcap file to a FIFO. They are read all the time, so that it never waits. */
export class FrameTap implements AsyncDisposable {
  readonly #reader = new PcapReader();
  readonly #cat: ChildProcess;
  #wanted: ((frames: readonly Uint8Array[]) => void) | undefined;

  constructor(fifo: string) {
    // Open for writing, too, it does not end when a program closes it and opens it again.
    const read = ['sh', '-c', 'exec cat <> "$0"', fifo];
    this.#cat = spawn('setpriv', ['--pdeathsig', 'KILL', '--', ...read], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    this.#cat.stdout?.on('data', (piece: Buffer) => {
      const frames = this.#reader.read(piece);
      this.#wanted?.(frames);
    });
  }

  /** Returns so many of the frames that come from now on, after so many others. */
  take(count: number, { after }: { readonly after: number }): Promise<readonly Uint8Array[]> {
    const taken: Uint8Array[] = [];
    let toSkip = after;
    return new Promise((resolve, reject) => {
      const end = (finish: () => void) => {
        clearTimeout(limit);
        this.#wanted = undefined;
        finish();
      };
      const limit = setTimeout(() => end(() => reject(tooFew(count, taken.length))), patienceMs);
      this.#wanted = (frames) => {
        const skipped = Math.min(toSkip, frames.length);
        toSkip -= skipped;
        taken.push(...frames.slice(skipped));
        if (taken.length >= count) end(() => resolve(taken.slice(0, count)));
      };
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#cat.kill('SIGKILL');
  }
}

function tooFew(count: number, got: number): BenchError {
  return new BenchError('BENCH_PROOF', `expected ${count} frames to leave in ${patienceMs} ms, got ${got}`);
}
