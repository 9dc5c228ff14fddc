import { portClose, portProbeBegin } from './dpdk.ts';

/**
 * Devices that are probed behind the start of EAL, one after another, while the rest of the router starts: a kernel's
 * socket takes tens of milliseconds, a card more.
 */
export class ProbedAhead {
  readonly #ports = new Map<string, Promise<number | undefined>>();
  #last: Promise<unknown>;

  constructor(eal: Promise<unknown>, devargs: readonly string[]) {
    this.#last = eal.catch(() => undefined);
    for (const each of new Set(devargs)) {
      const port = Promise.all([eal, this.#last]).then(() => portProbeBegin(each));
      const found = port.catch(() => undefined); // whoever adds it is told why
      this.#ports.set(each, found);
      this.#last = found;
    }
  }

  /** Gives a device's port away, once; undefined when it was not probed ahead, or not with success. */
  async take(devargs: string): Promise<number | undefined> {
    const port = this.#ports.get(devargs);
    this.#ports.delete(devargs);
    return await port;
  }

  /** Closes what nobody has taken. */
  async close(): Promise<void> {
    for (const devargs of [...this.#ports.keys()]) {
      const port = await this.take(devargs);
      if (port !== undefined) portClose(port);
    }
  }
}
