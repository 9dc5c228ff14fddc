import { setTimeout as delay } from 'node:timers/promises';
import type { Agent } from '../agent.ts';
import type { Router } from '../router.ts';

/** Kills a router or its agent at random moments, and starts it again, until closed. */
export class Doom {
  routers = 0;
  agents = 0;
  readonly #victims: { readonly router: Router; readonly agent: Agent };
  readonly #ending = new AbortController();
  readonly #done: Promise<void>;

  constructor(victims: { readonly router: Router; readonly agent: Agent }, everyMs: number) {
    this.#victims = victims;
    this.#done = this.#go(everyMs);
    this.#done.catch(() => undefined); // it is told to whoever closes
  }

  /** Resolves when both run again. */
  async close(): Promise<void> {
    this.#ending.abort();
    await this.#done;
  }

  async #go(everyMs: number): Promise<void> {
    const { signal } = this.#ending;
    for (let turn = 0; ; turn++) {
      await delay((0.5 + Math.random()) * everyMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      if (turn % 3 === 2) await this.#killRouter();
      else await this.#killAgent(turn % 3 === 0);
    }
  }

  async #killRouter(): Promise<void> {
    this.routers++;
    await this.#victims.router.stop('SIGKILL');
    await this.#victims.router.launch().said(/the router is ready/, patience);
  }

  /** Every other time it is not waited for, so that the next kill comes amid its start. */
  async #killAgent(isWaitedFor: boolean): Promise<void> {
    this.agents++;
    await this.#victims.agent.close('SIGKILL');
    const program = this.#victims.agent.launch();
    if (isWaitedFor) await program.said(/the router is as the ledger says/, patience);
  }
}

/** A start takes long while others have the CPUs. */
const patience = { timeoutMs: 60_000 };
