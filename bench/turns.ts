import { writeFileSync } from 'node:fs';
import type { Settings } from './bench.ts';
import { packetRate } from './packet-rate.ts';
import { encodePcap } from './pcap.ts';
import type { Forwarding, Peer } from './peer.ts';
import type { Workload } from './workload.ts';
import { Workspace } from './workspace.ts';

/** A program, what it is to forward, and how it is called in this comparison. */
export interface Turn {
  readonly name: string;
  readonly peer: Peer;
  readonly workload: Workload;
}

/** The same for several programs, under their own names. */
export function turnsOf(workload: Workload, peers: readonly Peer[]): readonly Turn[] {
  return peers.map((peer) => ({ name: peer.name, peer, workload }));
}

export interface TurnsOptions {
  readonly settings: Settings;
  /** Keeps each program between its turns, stopped by a signal; otherwise each turn starts it anew. */
  readonly startOnce: boolean;
}

/** Lets programs forward in turn, never two at once. */
export class Turns implements AsyncDisposable {
  readonly #options: TurnsOptions;
  readonly #kept = new Map<string, Forwarding>();
  readonly #resources = new AsyncDisposableStack();

  constructor(options: TurnsOptions) {
    this.#options = options;
  }

  /** Measures a program's packet rate, in millions a second. */
  async measure(turn: Turn): Promise<number> {
    if (this.#options.startOnce) return await this.#measureKept(turn);
    await using resources = new AsyncDisposableStack();
    return await this.#rate(await startWorkload(turn, resources));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#resources.disposeAsync();
  }

  async #measureKept(turn: Turn): Promise<number> {
    const forwarding = this.#kept.get(turn.name) ?? (await startWorkload(turn, this.#resources));
    this.#kept.set(turn.name, forwarding);
    process.kill(forwarding.pid, 'SIGCONT');
    try {
      return await this.#rate(forwarding);
    } finally {
      process.kill(forwarding.pid, 'SIGSTOP');
    }
  }

  #rate(forwarding: Forwarding): Promise<number> {
    const { seconds, log } = this.#options.settings;
    return packetRate(forwarding, { seconds, log });
  }
}

/** Starts a program that forwards a workload, until the resources are given back. */
export async function startWorkload(
  { peer, workload }: Pick<Turn, 'peer' | 'workload'>,
  resources: AsyncDisposableStack,
): Promise<Forwarding> {
  const workspace = resources.use(new Workspace());
  const pcap = workspace.file('packets.pcap');
  writeFileSync(pcap, encodePcap(workload.frames));
  return resources.use(await peer.forward({ workload, directory: workspace.path, pcap }));
}
