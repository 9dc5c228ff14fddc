import { ApiError } from '../../engine/api-error.ts';
import type { Rewrite, TakeFunctions } from '../../engine/host/rewrites.ts';
import { formatMac, isGroupMac, type Mac, sameMac } from '../../net/mac.ts';
import { type Interface, type Interfaces, sendsFrames } from '../interface/index.ts';
import { FurtherMacTable } from './further-mac-table.ts';
import { MAX_FURTHER_MACS } from './layout.ts';

/** An address beside its own that an interface receives for, and how many have asked for it. */
export interface FurtherMac {
  readonly mac: Mac;
  readonly references: number;
}

/** What further addresses need of the router. */
export interface MacRouter {
  readonly tables: TakeFunctions;
  emit(event: { readonly type: string; readonly text: string }): void;
}

/** The further MAC addresses of all interfaces: their one keeper. */
export class Macs {
  readonly #router: MacRouter;
  readonly #interfaces: Interfaces;
  readonly #table: FurtherMacTable;
  /** By interface, and there by the address's value. */
  readonly #byInterface = new Map<number, Map<number, FurtherMac>>();

  constructor(router: MacRouter, interfaces: Interfaces) {
    this.#router = router;
    this.#interfaces = interfaces;
    this.#table = new FurtherMacTable((names) => router.tables(names));
    interfaces.listen({ removing: (iface) => this.#forget(iface) });
  }

  /** How all are written again for a build that has them elsewhere. */
  get rewrite(): Rewrite {
    return {
      tables: ['FURTHER_MACS'],
      write: () => {
        for (const [id, macs] of this.#byInterface)
          for (const { mac } of macs.values()) if (!isGroupMac(mac)) this.#table.add(id, mac);
      },
    };
  }

  /** Those of an interface in the order of their values. */
  of(id: number): readonly FurtherMac[] {
    return [...(this.#byInterface.get(id)?.values() ?? [])].toSorted((a, b) => a.mac.value - b.mac.value);
  }

  /** Lets an interface receive for an address, once more where it does already. @throws ApiError ENODEV, EINVAL, EEXIST, EOPNOTSUPP, ENOSPC */
  add(name: string, mac: Mac): void {
    const doing = `add a MAC address to ${name}`;
    const iface = this.#interfaces.named(doing, name);
    checkSends(doing, iface);
    checkFurther(doing, iface, mac);
    const references = this.#find(iface, mac)?.references ?? 0;
    if (references === 0) this.#begin(doing, iface, mac);
    this.#keep(iface, { mac, references: references + 1 });
  }

  /** Takes back one `add`; after the last the interface receives for the address no more. @throws ApiError ENODEV, ENOENT */
  remove(name: string, mac: Mac): void {
    const doing = `delete a MAC address of ${name}`;
    const iface = this.#interfaces.named(doing, name);
    const found = this.#find(iface, mac);
    if (!found) {
      const expected = 'an address that was added to the interface';
      throw new ApiError('ENOENT', { doing, expected, received: formatMac(mac) });
    }
    if (found.references > 1) this.#keep(iface, { mac, references: found.references - 1 });
    else this.#end(iface, mac);
  }

  #find({ id }: Interface, { value }: Mac): FurtherMac | undefined {
    return this.#byInterface.get(id)?.get(value);
  }

  #keep({ id }: Interface, further: FurtherMac): void {
    const macs = this.#byInterface.get(id) ?? new Map<number, FurtherMac>();
    this.#byInterface.set(id, macs.set(further.mac.value, further));
  }

  /** Groups are received anyway; a device that cannot choose by one more address receives all. */
  #begin(doing: string, iface: Interface, mac: Mac): void {
    if (this.#count >= MAX_FURTHER_MACS) throw full(doing);
    if (!isGroupMac(mac)) this.#receive(doing, iface, mac);
    this.#router.emit({ type: 'mac add', text: `iface=${iface.name} ${formatMac(mac)}` });
  }

  #receive(doing: string, iface: Interface, mac: Mac): void {
    if (!this.#table.add(iface.id, mac)) throw full(doing);
    try {
      if (this.#interfaces.receiveMac(iface, mac, true)) return;
      this.#interfaces.receiveAll(iface.id, needOf(mac), true);
    } catch (error) {
      this.#table.delete(iface.id, mac);
      throw error;
    }
  }

  #end(iface: Interface, mac: Mac): void {
    this.#drop(iface, mac);
    if (!isGroupMac(mac)) {
      this.#interfaces.receiveMac(iface, mac, false);
      this.#interfaces.receiveAll(iface.id, needOf(mac), false);
    }
    this.#router.emit({ type: 'mac del', text: `iface=${iface.name} ${formatMac(mac)}` });
  }

  /** The device of an interface that goes is asked for nothing any more. */
  #forget(iface: Interface): void {
    for (const { mac } of this.of(iface.id)) this.#drop(iface, mac);
  }

  #drop({ id }: Interface, mac: Mac): void {
    const macs = this.#byInterface.get(id);
    macs?.delete(mac.value);
    if (macs?.size === 0) this.#byInterface.delete(id);
    this.#table.delete(id, mac);
  }

  get #count(): number {
    return [...this.#byInterface.values()].reduce((sum, macs) => sum + macs.size, 0);
  }
}

function needOf(mac: Mac): string {
  return `mac ${formatMac(mac)}`;
}

function full(doing: string): ApiError {
  const expected = `at most ${MAX_FURTHER_MACS} further addresses of all interfaces`;
  return new ApiError('ENOSPC', { doing, expected, received: 'one more' });
}

function checkSends(doing: string, iface: Interface): void {
  if (sendsFrames(iface)) return;
  const received = `${iface.name}, a ${iface.type}`;
  throw new ApiError('EOPNOTSUPP', { doing, expected: 'an interface that sends Ethernet frames', received });
}

/** Refuses what every interface receives for, or none. */
function checkFurther(doing: string, iface: Interface, mac: Mac): void {
  if (mac.value === 0 || mac.value === BROADCAST) {
    const expected = 'an address of one station, or of a group other than all';
    throw new ApiError('EINVAL', { doing, expected, received: formatMac(mac) });
  }
  if (!sameMac(iface.mac, mac)) return;
  const expected = "an address other than the interface's own";
  throw new ApiError('EEXIST', { doing, expected, received: formatMac(mac) });
}

const BROADCAST = 0xffffffffffff;
