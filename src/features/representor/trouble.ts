import type { Router } from '../../engine/host/router.ts';

/** Tells what the host does not give, in the log and as events; nothing of it stops an interface. */
export class Trouble {
  readonly #router: Pick<Router, 'emit'>;
  readonly #log: Router['log'];
  #refused = false;
  #saidFull = false;

  constructor(router: Pick<Router, 'emit' | 'log'>) {
    this.#router = router;
    this.#log = router.log.child({ component: 'representor' });
  }

  /** The host gives no devices at all: it was told, and need not be tried again. */
  get refused(): boolean {
    return this.#refused;
  }

  /** An interface has no representor. */
  noteMissing(name: string, error: unknown): void {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (typeof code === 'string' && refusals.has(code)) {
      this.#noteRefused(code, error);
      return;
    }
    const why = code === 'EBUSY' ? 'the host has an interface of this name' : messageOf(error);
    const reason = messageOf(error);
    this.#log.warn({ interface: name, reason }, `no representor: ${why}; the interface works without`);
    this.#router.emit({ type: 'iface representor', text: `${name} none: ${why}` });
  }

  /** There are as many representors as there may be: said once. */
  noteFull(most: number): void {
    if (this.#saidFull) return;
    this.#saidFull = true;
    this.#log.warn({ most }, 'no representors for further interfaces; they work without');
    this.#router.emit({ type: 'iface representor', text: `full: ${most}` });
  }

  /** A representor has been deleted from outside. */
  noteGone(name: string, error: unknown): void {
    this.#log.warn({ interface: name, reason: messageOf(error) }, 'somebody has deleted a representor');
    this.#router.emit({ type: 'iface representor', text: `${name} deleted` });
  }

  /** The settings that keep the kernel quiet on a representor could not be written. */
  noteNoise(name: string, error: Error): void {
    const reason = messageOf(error);
    this.#log.warn({ interface: name, reason }, 'the kernel may speak for itself on a representor');
  }

  /** A port's device is one that the host speaks by itself. */
  noteShared(name: string, device: string): void {
    const what =
      'the host has addresses on the device of a port: it sees the packets of its representor twice';
    this.#log.warn({ interface: name, device }, what);
  }

  #noteRefused(code: string, error: unknown): void {
    const what = 'no representors: the host gives no TAP and TUN devices; the router forwards without';
    this.#refused = true;
    this.#log.warn({ reason: messageOf(error) }, what);
    this.#router.emit({ type: 'iface representor', text: `none: ${code}` });
  }
}

/** No CAP_NET_ADMIN, no /dev/net/tun, no driver behind it. */
const refusals: ReadonlySet<string> = new Set(['EPERM', 'EACCES', 'ENOENT', 'ENODEV', 'ENXIO', 'EOPNOTSUPP']);

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
