import * as dpdk from '../../engine/host/dpdk.ts';
import type { Router } from '../../engine/host/router.ts';
import type { Interfaces } from '../interface/index.ts';
import type { PortDevice } from './device.ts';

/** What following ports' links needs. */
export interface PortLinkParts {
  readonly router: Pick<Router, 'view' | 'region'>;
  readonly interfaces: Pick<Interfaces, 'note'>;
  readonly devices: ReadonlyMap<number, PortDevice>;
}

/** Follows the ports' links: by their interrupts, once a second, and more often where somebody needs it. */
export class PortLinks {
  readonly #parts: PortLinkParts;
  readonly #watchedClosely = new Set<number>();
  #poller: NodeJS.Timeout | undefined;
  #closePoller: NodeJS.Timeout | undefined;

  constructor(parts: PortLinkParts) {
    this.#parts = parts;
  }

  start(): void {
    dpdk.onLinkChange((port) => this.#note(port));
    this.#poller = setInterval(() => this.#noteAll(this.#parts.devices.keys()), POLL_MS).unref();
  }

  /** Looks at a port's link many times a second while somebody needs it: the device may have no interrupt for it. */
  watchClosely(port: number, closely: boolean): void {
    if (closely) this.#watchedClosely.add(port);
    else this.#watchedClosely.delete(port);
    clearInterval(this.#closePoller);
    if (this.#watchedClosely.size === 0) return;
    this.#closePoller = setInterval(() => this.#noteAll(this.#watchedClosely), CLOSE_POLL_MS).unref();
  }

  close(): void {
    clearInterval(this.#poller);
    clearInterval(this.#closePoller);
  }

  #noteAll(ports: Iterable<number>): void {
    for (const port of ports) this.#note(port);
  }

  #note(port: number): void {
    const { router, interfaces, devices } = this.#parts;
    const id = router.view.getUint16(router.region('PORT_INTERFACES') + port * 2, true);
    const device = devices.get(port);
    if (!id || !device) return;
    const { up, speedMbps } = dpdk.portLink(port);
    interfaces.note(id, { running: device.tap?.isRunning(up) ?? up, speedMbps });
  }
}

const POLL_MS = 1000;
const CLOSE_POLL_MS = 20;
