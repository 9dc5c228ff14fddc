import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { connectRouter, type RouterClient } from '../../engine/client/router-client.ts';
import type { NodePlan } from '../plan/index.ts';
import { Ledger } from './ledger.ts';
import { SocketLink } from './links/socket.ts';
import { TapLink } from './links/tap.ts';
import { VethLink } from './links/veth.ts';
import type { PodNetworks } from './network.ts';
import { readNetworks } from './plan-networks.ts';
import { Pods } from './pods.ts';
import { Records } from './records.ts';
import { RouterSide } from './router-side.ts';
import { RouterWatch } from './router-watch.ts';
import { SocketFolders } from './socket-folders.ts';
import { Steering } from './steering.ts';
import { ensureTrunk } from './trunk.ts';

/** Where an agent finds what it works with. */
export interface PodAgentOptions {
  readonly stateDirectory: string;
  readonly routerSocket: string;
  /** Where containers with sockets have a directory each, which they mount at /dpdk. */
  readonly socketDirectory: string;
  readonly plan: NodePlan;
  /** Makes of the router what does not depend on containers, before they are attached to it. */
  readonly prepareRouter: (router: RouterClient) => Promise<void>;
  readonly log: Logger;
}

/** Attachments of one node, kept in line with its router until closed. */
export class PodAgent {
  readonly pods: Pods;
  readonly #options: PodAgentOptions;
  readonly #ledger: Ledger;
  readonly #router: RouterClient;
  readonly #steering = new Steering();
  readonly #folders: SocketFolders;
  readonly #records: Records;
  readonly #watch: RouterWatch;
  readonly #sweep: NodeJS.Timeout;
  #plan: NodePlan;
  #networks: PodNetworks;
  #trouble: string | undefined = 'the agent has not reached the router yet';

  /** Opens the ledger and reads the plan. @throws PodError busy where another agent runs, corrupt, host, invalid */
  constructor(options: PodAgentOptions) {
    this.#options = options;
    this.#plan = options.plan;
    this.#networks = readNetworks(options.plan);
    this.#ledger = new Ledger(join(options.stateDirectory, 'ledger.sqlite'));
    const gone = this.#ledger.noteBoot(readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
    if (gone > 0)
      options.log.info({ attachments: gone }, 'the host has started anew; its containers are gone');
    this.#router = connectRouter({ socketPath: options.routerSocket });
    const router = new RouterSide(this.#router);
    this.#folders = new SocketFolders(options.socketDirectory, () => this.#ledger.all);
    this.#sweep = setInterval(() => this.#removeLeftSockets(), SWEEP_MS).unref();
    this.pods = new Pods({
      ledger: this.#ledger,
      networks: () => this.#networks,
      links: this.#links(router),
      router,
      log: options.log,
    });
    this.#records = new Records({
      stateDirectory: options.stateDirectory,
      ledger: this.#ledger,
      folders: this.#folders,
      node: () => this.#plan.node,
      networks: () => this.#networks,
      cpu: () => this.#plan.vrouter.datapathCpus[0],
      socketPath: (record) => this.pods.socketPath(record),
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

  /** The attachments that the plan has for this node. */
  get planned(): NodePlan['attachments'] {
    return this.#plan.attachments;
  }

  /** Why nothing can be attached now; undefined when it can. */
  get trouble(): string | undefined {
    return this.#trouble;
  }

  start(): void {
    this.#records.note();
    this.#watch.start();
  }

  /** Takes another plan: for the router now, if it is there, and for containers from now on. */
  async take(plan: NodePlan): Promise<void> {
    this.#plan = plan;
    this.#networks = readNetworks(plan);
    this.#records.note();
    if (this.#trouble === undefined) await this.#options.prepareRouter(this.#router);
  }

  /** Finishes what it does; what is attached stays. */
  async close(): Promise<void> {
    clearInterval(this.#sweep);
    await this.pods.idle();
    await this.#watch.close();
    await this.#records.close();
    this.#router.close();
    this.#steering.close();
    this.#ledger.close();
  }

  async #bringUp(): Promise<void> {
    await this.#options.prepareRouter(this.#router);
    await ensureTrunk(this.#router, this.#steering);
    await this.pods.repair();
    this.#folders.removeStray();
    if (this.#trouble !== undefined) this.#options.log.info('the router is as the ledger says');
    this.#trouble = undefined;
  }

  #removeLeftSockets(): void {
    for (const socket of this.#folders.removeLeft())
      this.#options.log.info({ socket }, 'an application has left its socket behind; it was removed');
  }

  #links(router: RouterSide) {
    const socket = new SocketLink(router, this.#folders);
    const veth = new VethLink(router, this.#steering);
    return { veth, tap: new TapLink(router), 'vhost-user': socket, memif: socket };
  }

  #noteTrouble(reason: string): void {
    if (this.#trouble !== reason) this.#options.log.warn({ reason }, 'nothing can be attached for now');
    this.#trouble = reason;
  }
}

/** How often sockets are looked at: sooner than an application is started again, a few microseconds each. */
const SWEEP_MS = 200;
