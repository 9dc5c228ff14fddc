import { ApiError } from '../../engine/api-error.ts';
import { compareAddresses, formatAddress, type IpAddress } from '../../net/address.ts';
import type { FarEnd, FarEnds, TunnelRouter } from './far-ends.ts';

/** A far end that gets what is for all stations of a VNI. */
export interface FloodEntry {
  readonly vrf: number;
  readonly vni: number;
  readonly address: IpAddress;
}

/** The far ends that get what is for all, by VRF of the underlay and VNI: kept whether or not an interface has the VNI. */
export class FloodLists {
  readonly #table: Table;
  readonly #farEnds: FarEnds;
  readonly #lists = new Map<string, Map<string, FloodEntry & { readonly farEnd: FarEnd }>>();
  #changed: () => void = () => undefined;

  constructor(router: Pick<TunnelRouter, 'tables'>, farEnds: FarEnds) {
    this.#farEnds = farEnds;
    this.#table = router.tables<Table>(['newFloodList', 'setFloodMember', 'publishFloodList']);
  }

  /** Says whom to tell of each change; who has been told before is not any more. */
  onChange(changed: () => void): void {
    this.#changed = changed;
  }

  /** How many entries there are. */
  get size(): number {
    return [...this.#lists.values()].reduce((sum, { size }) => sum + size, 0);
  }

  /** All entries, by VRF, VNI and address. */
  list(vrf?: number): readonly FloodEntry[] {
    return [...this.#lists.values()]
      .flatMap((list) => [...list.values()])
      .filter((entry) => vrf === undefined || entry.vrf === vrf)
      .sort((a, b) => a.vrf - b.vrf || a.vni - b.vni || compareAddresses(a.address, b.address));
  }

  /** The far ends of a VNI. */
  of(vrf: number, vni: number): readonly FloodEntry[] {
    return [...(this.#lists.get(keyOf(vrf, vni))?.values() ?? [])];
  }

  /** Adds a far end. @throws ApiError EEXIST, ENOSPC */
  add(doing: string, entry: FloodEntry): void {
    const key = keyOf(entry.vrf, entry.vni);
    const list = this.#lists.get(key) ?? new Map();
    const address = formatAddress(entry.address);
    if (list.has(address)) {
      throw new ApiError('EEXIST', { doing, expected: 'a far end that the list has not', received: address });
    }
    if (list.size >= MAX_FAR_ENDS) {
      const expected = `at most ${MAX_FAR_ENDS} far ends of a VNI`;
      throw new ApiError('ENOSPC', { doing, expected, received: 'one more' });
    }
    list.set(address, { ...entry, farEnd: this.#farEnds.hold(doing, entry.address) });
    this.#lists.set(key, list);
    this.#changed();
  }

  /** Removes a far end. @throws ApiError ENOENT */
  remove(doing: string, { vrf, vni, address }: FloodEntry): void {
    const list = this.#lists.get(keyOf(vrf, vni));
    const found = list?.get(formatAddress(address));
    if (!list || !found) {
      const expected = 'a far end of the flood list';
      throw new ApiError('ENOENT', { doing, expected, received: formatAddress(address) });
    }
    this.#farEnds.release(found.farEnd.name);
    list.delete(formatAddress(address));
    if (list.size === 0) this.#lists.delete(keyOf(vrf, vni));
    this.#changed();
  }

  /** Shows an interface its VNI's list. @throws ApiError ENOMEM, and it keeps the one that it has */
  publish(doing: string, iface: number, { vrf, vni }: { readonly vrf: number; readonly vni: number }): void {
    const names = [...(this.#lists.get(keyOf(vrf, vni))?.values() ?? [])].map(({ farEnd }) => farEnd.name);
    const list = names.length === 0 ? 0 : this.#table.newFloodList(names.length) >>> 0;
    if (list === 0 && names.length > 0) {
      const expected = `${names.length * 4} bytes of table memory`;
      throw new ApiError('ENOMEM', { doing, expected, received: 'none left' });
    }
    names.forEach((name, place) => {
      this.#table.setFloodMember(list, place, name);
    });
    this.#table.publishFloodList(iface, list, names.length);
  }

  /** Takes its list from an interface. */
  unpublish(iface: number): void {
    this.#table.publishFloodList(iface, 0, 0);
  }
}

/** Most far ends of one VNI: so many copies are made of a frame for all. */
export const MAX_FAR_ENDS = 1024;

function keyOf(vrf: number, vni: number): string {
  return `${vrf} ${vni}`;
}

interface Table {
  newFloodList(count: number): number;
  setFloodMember(list: number, place: number, farEnd: number): void;
  publishFloodList(iface: number, list: number, count: number): void;
}
