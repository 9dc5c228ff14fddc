import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { connectRouter, type RouterClient } from '../../engine/client/router-client.ts';
import { Ledger } from './ledger.ts';
import { VethLink } from './links/veth.ts';
import type { PodNetworks } from './network.ts';
import { readNetworks } from './plan-networks.ts';
import { Pods } from './pods.ts';
import { RouterSide } from './router-side.ts';
import { RouterWatch } from './router-watch.ts';
import { ensureTrunk } from './trunk.ts';

/** Where an agent finds what it works with. */
export interface PodAgentOptions {
  readonly stateDirectory: string;
  readonly routerSocket: string;
  readonly planFile: string;
  readonly log: Logger;
}

/** Attachments of one node, kept in line with its router until closed. */
export class PodAgent {
  readonly pods: Pods;
  readonly #options: PodAgentOptions;
  readonly #ledger: Ledger;
  readonly #router: RouterClient;
  readonly #watch: RouterWatch;
  #networks: PodNetworks;
  #trouble: string | undefined = 'the agent has not reached the router yet';

  /** Opens the ledger and reads the plan. @throws PodError busy where another agent runs, corrupt, host, invalid */
  constructor(options: PodAgentOptions) {
    this.#options = options;
    this.#networks = readPlan(options.planFile);
    this.#ledger = new Ledger(join(options.stateDirectory, 'ledger.sqlite'));
    const gone = this.#ledger.noteBoot(readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
    if (gone > 0)
      options.log.info({ attachments: gone }, 'the host has started anew; its containers are gone');
    this.#router = connectRouter({ socketPath: options.routerSocket });
    const router = new RouterSide(this.#router);
    this.pods = new Pods({
      ledger: this.#ledger,
      networks: () => this.#networks,
      links: linksOf(router),
      router,
      log: options.log,
    });
    this.#watch = new RouterWatch({
      router: this.#router,
      onUp: () => this.#bringUp(),
      onDown: (reason) => this.#noteTrouble(reason),
    });
  }

  get networks(): PodNetworks {
    return this.#networks;
  }

  /** Why nothing can be attached now; undefined when it can. */
  get trouble(): string | undefined {
    return this.#trouble;
  }

  start(): void {
    this.#watch.start();
  }

  /** Reads the plan again; a bad one changes nothing. @throws PodError invalid */
  reload(): void {
    this.#networks = readPlan(this.#options.planFile);
  }

  /** Finishes what it does; what is attached stays. */
  async close(): Promise<void> {
    await this.pods.idle();
    await this.#watch.close();
    this.#router.close();
    this.#ledger.close();
  }

  async #bringUp(): Promise<void> {
    await ensureTrunk(this.#router);
    await this.pods.repair();
    if (this.#trouble !== undefined) this.#options.log.info('the router is as the ledger says');
    this.#trouble = undefined;
  }

  #noteTrouble(reason: string): void {
    if (this.#trouble !== reason) this.#options.log.warn({ reason }, 'nothing can be attached for now');
    this.#trouble = reason;
  }
}

function linksOf(router: RouterSide) {
  const veth = new VethLink(router);
  return { veth, tap: veth, 'vhost-user': veth, memif: veth };
}

function readPlan(file: string): PodNetworks {
  return readNetworks(`read the plan ${file}`, JSON.parse(readFileSync(file, 'utf8')));
}
