import { setTimeout as delay } from 'node:timers/promises';
import { type Agent, Pod } from '../agent.ts';
import type { CniCall } from '../cni-call.ts';
import { eventually } from '../eventually.ts';

/** One pod, as a container runtime makes and deletes it. */
export class PodLife {
  failedAdds = 0;
  killedCalls = 0;
  readonly #agent: Agent;
  readonly #index: number;

  constructor(agent: Agent, index: number) {
    this.#agent = agent;
    this.#index = index;
  }

  /** ADD until it succeeds, each failed one followed by DEL, as runtimes do it; then DEL until that succeeds. */
  async live(): Promise<void> {
    const pod = new Pod(this.#agent, `s${this.#index}`);
    try {
      const call = { ...pod.words, configuration: { network: 'default/red', ...this.#kind } };
      while (!(await this.#add(call))) {
        await this.#delete(call);
        await delay(REST_MS); // as long as there is no router, each fails at once
      }
      if (Math.random() < 0.2) pod.close(); // its namespace is gone before DEL
      await this.#delete(call);
    } finally {
      pod.close();
    }
  }

  get #kind(): object {
    const kinds = [{}, {}, {}, { kind: 'vhost-user' }, {}, {}, {}, { kind: 'memif' }];
    return kinds[this.#index % kinds.length] ?? {};
  }

  async #add(call: Omit<CniCall, 'command'>): Promise<boolean> {
    const killed = Math.random() < 0.15;
    if (killed) this.killedCalls++;
    const { status } = await this.#agent.attempt(
      { command: 'ADD', ...call },
      killed ? { timeoutMs: Math.ceil(Math.random() * 30) } : {},
    );
    if (status === 0) return true;
    this.failedAdds++;
    return false;
  }

  /** A runtime tries again for as long as it takes. */
  #delete(call: Omit<CniCall, 'command'>): Promise<unknown> {
    return eventually(() => this.#agent.call({ command: 'DEL', ...call }), { timeoutMs: 60_000 });
  }
}

const REST_MS = 50;
