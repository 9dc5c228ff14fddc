import { readdirSync, readFileSync } from 'node:fs';

/**
 * The TAP of a net_tap device. One that was moved to another network namespace goes on carrying packets, but DPDK
 * asks for its link where it is no more and would call it down.
 */
export class TapWatch {
  readonly #name: string;
  readonly #descriptor: number;

  private constructor(name: string, descriptor: number) {
    this.#name = name;
    this.#descriptor = descriptor;
  }

  /** Finds the TAP that the device of these devargs has just made; undefined when it has none of a given name. */
  static find(devargs: string): TapWatch | undefined {
    const name = /^(?:vdev:)?net_tap\d*,(?:.*,)?iface=([^,]+)/.exec(devargs)?.[1];
    if (name === undefined) return undefined;
    const descriptor = openDescriptors().find((each) => deviceOf(each) === name);
    return descriptor === undefined ? undefined : new TapWatch(name, descriptor);
  }

  /**
   * Tells whether the TAP carries packets, where DPDK says that its link is up or not: DPDK knows neither that one is
   * elsewhere nor, from 25.11 on, that one was deleted.
   */
  isRunning(up: boolean): boolean {
    return this.isElsewhere || (up && deviceOf(this.#descriptor) !== '');
  }

  /** Tells whether the TAP lives, but in another network namespace than the router. */
  get isElsewhere(): boolean {
    return deviceOf(this.#descriptor) !== '' && !localDevices().includes(this.#name);
  }
}

function openDescriptors(): readonly number[] {
  return readdirSync('/proc/self/fdinfo').map(Number);
}

/** Name of the TUN or TAP device behind a descriptor, empty without one or when it was deleted. */
function deviceOf(descriptor: number): string {
  return /^iff:[ \t]*(\S*)$/m.exec(read(`/proc/self/fdinfo/${descriptor}`))?.[1] ?? '';
}

function localDevices(): readonly string[] {
  return [...read('/proc/self/net/dev').matchAll(/^\s*(\S+):/gm)].map(([, name]) => name ?? '');
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // the descriptor was closed meanwhile
  }
}
