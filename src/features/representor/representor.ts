import { TapDevice } from '../../engine/host/dpdk.ts';
import type { ControlPlaneCounters } from '../interface/index.ts';

/** What a representor does with what the host sends. */
export interface HostTraffic {
  /** Tells whether the router has room for another packet now. */
  ready(): boolean;
  /** Takes a packet or frame; the bytes are valid during the call only. */
  take(bytes: Uint8Array): void;
  /** The device has been deleted under us. */
  gone(error: unknown): void;
}

/** A TAP or TUN of the host that stands for an interface or a VRF of the router. */
export class Representor {
  readonly kind: 'tap' | 'tun';
  /** Its name on the host now. */
  name: string;
  /** The number by which the host's kernel knows it; undefined until it was asked for. */
  index: number | undefined;
  readonly #device: TapDevice;
  readonly #counters: ControlPlaneCounters;
  #open = true;
  #traffic: HostTraffic | undefined;

  /** @throws DpdkError EBUSY when the host has an interface of that name; EPERM, ENOENT … when it gives us none at all */
  constructor(options: {
    readonly name: string;
    readonly kind: 'tap' | 'tun';
    readonly counters: ControlPlaneCounters;
  }) {
    this.name = options.name;
    this.kind = options.kind;
    this.#device = new TapDevice({ name: options.name, kind: options.kind });
    this.#counters = options.counters;
  }

  /** Begins to take what the host sends. */
  start(traffic: HostTraffic): void {
    this.#traffic = traffic;
    this.#device.start(() => this.#read(traffic));
  }

  /** Gives a packet or frame to the host; false when the device is down or full, or has gone. */
  write(memory: Uint8Array, offset: number, bytes: number): boolean {
    if (!this.#open || bytes === 0) return false;
    const written = this.#attempt(() => this.#device.write(memory, offset, bytes));
    if (!written) return false;
    this.#counters.txPackets++;
    this.#counters.txBytes += BigInt(bytes);
    return true;
  }

  /** Takes and gives nothing any more, and does not wonder where its device is. */
  rest(): void {
    this.#open = false;
    this.#device.stop();
  }

  close(): void {
    this.#open = false;
    this.#device.close();
  }

  /** Reads a share of what waits; the rest calls again, behind the other work of the control thread. */
  #read(traffic: HostTraffic): void {
    for (let i = 0; i < SHARE && this.#open && traffic.ready(); i++) {
      const bytes = this.#attempt(() => this.#device.read(scratch, 0, scratch.length));
      if (!bytes) return;
      this.#counters.rxPackets++;
      this.#counters.rxBytes += BigInt(bytes);
      traffic.take(scratch.subarray(0, bytes));
    }
  }

  /** The kernel says EBADFD of a device that was deleted; what it refuses else is a lost packet. */
  #attempt(work: () => number): number {
    try {
      return work();
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EBADFD') this.#traffic?.gone(error);
      return 0;
    }
  }
}

const SHARE = 64;
/** The longest packet, with an Ethernet header and two tags. */
const scratch = new Uint8Array(65536 + 64);
