import type { Logger } from 'pino';
import type { Pods } from '../pod/index.ts';
import { Collector } from './collector.ts';
import { connectRuntime } from './connect-runtime.ts';

/** How the ledger is compared with what a runtime has. */
export interface CollectOptions {
  /** The runtime's socket, with or without unix:// in front. */
  readonly endpoint: string;
  readonly graceMs: number;
  readonly pods: Pods;
  readonly log: Logger;
}

/** Compares again and again until closed. */
export function collect({ endpoint, graceMs, pods, log }: CollectOptions): { close(): Promise<void> } {
  const runtime = connectRuntime(endpoint.replace(/^unix:\/\//, ''));
  const sandboxes = async () => {
    const { items } = await runtime.calls.listPodSandbox({});
    return new Set(items.map(({ id }) => id));
  };
  const collector = new Collector({ pods, sandboxes, graceMs, log });
  let turn = Promise.resolve();
  const look = () => {
    turn = turn
      .then(() => collector.look())
      .catch((error) => log.warn({ error }, 'the ledger could not be compared with what the runtime has'));
  };
  const timer = setInterval(look, Math.min(Math.max(graceMs / 4, 250), 30_000)).unref();
  return {
    async close() {
      clearInterval(timer);
      await turn;
      runtime.close();
    },
  };
}
