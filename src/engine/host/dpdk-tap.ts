import { direct } from './dpdk-addon.ts';
import { checkNumber, checkText, invalid } from './dpdk-error.ts';

/**
 * A TAP or TUN device of the kernel that lives as long as this object: one packet a read, one a write, without
 * waiting (kernel documentation, networking/tuntap).
 */
export class TapDevice {
  readonly name: string;
  readonly kind: 'tap' | 'tun';
  readonly #fd: number;
  #watch: object | undefined;
  #open = true;

  /** @throws DpdkError EBUSY when an interface has the name, EPERM without CAP_NET_ADMIN */
  constructor(options: { readonly name: string; readonly kind: 'tap' | 'tun' }) {
    const doing = 'open a TAP or TUN device';
    checkText(doing, 'name', options.name, 15);
    if (/[\s/:%]/.test(options.name) || options.name.startsWith('.'))
      throw invalid(doing, 'an interface name', options.name);
    this.name = options.name;
    this.kind = options.kind;
    this.#fd = direct((native) => native.tapOpen(options.name, options.kind === 'tun'));
  }

  /** Calls back whenever a packet can be read, or the device has gone and read says so. */
  start(onReadable: () => void): void {
    this.#checkOpen();
    if (this.#watch) throw invalid('watch a device', 'one callback', 'a second');
    this.#watch = direct((native) => native.pollStart(this.#fd, onReadable));
  }

  /** Reads one packet into memory; 0 when none waits. @throws DpdkError EBADFD when the device was deleted */
  read(memory: Uint8Array, offset: number, maxBytes: number): number {
    this.#checkOpen();
    checkNumber('read from a device', 'offset', offset, { min: 0, max: memory.length });
    checkNumber('read from a device', 'maxBytes', maxBytes, { min: 1, max: memory.length - offset });
    return direct((native) => native.fdRead(this.#fd, memory, offset, maxBytes));
  }

  /** Writes one packet; 0 when the device is full or down and the packet is lost. */
  write(memory: Uint8Array, offset: number, bytes: number): number {
    this.#checkOpen();
    checkNumber('write to a device', 'offset', offset, { min: 0, max: memory.length });
    checkNumber('write to a device', 'bytes', bytes, { min: 1, max: memory.length - offset });
    return direct((native) => native.fdWrite(this.#fd, memory, offset, bytes));
  }

  /** Calls back no more. */
  stop(): void {
    const watch = this.#watch;
    this.#watch = undefined;
    if (watch) direct((native) => native.pollStop(watch));
  }

  /** Removes the device; a second call does nothing. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.stop();
    direct((native) => native.fdClose(this.#fd));
  }

  #checkOpen(): void {
    if (!this.#open) throw invalid('use a device', `${this.name} to be open`, 'a closed one');
  }
}
