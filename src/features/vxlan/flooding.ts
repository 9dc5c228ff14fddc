import { formatAddress } from '../../net/address.ts';
import type { Interfaces } from '../interface/index.ts';
import type { TunnelRouter } from './far-ends.ts';
import type { FloodEntry, FloodLists } from './flood-lists.ts';
import type { TunnelChecks } from './tunnel-checks.ts';
import type { TunnelTable } from './tunnel-table.ts';
import { checkFamily, checkNumber, MAX_VNI } from './vxlan.ts';

/** What users do with flood lists, which the interface that has the VNI follows at once. */
export class Flooding {
  readonly #router: Pick<TunnelRouter, 'emit'>;
  readonly #interfaces: Interfaces;
  readonly #tunnels: TunnelTable;
  readonly #checks: TunnelChecks;
  readonly lists: FloodLists;

  constructor(
    router: Pick<TunnelRouter, 'emit'>,
    parts: {
      readonly interfaces: Interfaces;
      readonly tunnels: TunnelTable;
      readonly checks: TunnelChecks;
      readonly lists: FloodLists;
    },
  ) {
    this.#router = router;
    this.#interfaces = parts.interfaces;
    this.#tunnels = parts.tunnels;
    this.#checks = parts.checks;
    this.lists = parts.lists;
  }

  /** Lets a far end get what is for all stations of a VNI. @throws ApiError EINVAL, EEXIST, ENOSPC */
  add(entry: FloodEntry): void {
    const { vrf, vni, address } = entry;
    const doing = `add flood vtep ${formatAddress(address)}`;
    checkNumber(doing, { what: 'a VNI', value: vni, most: MAX_VNI });
    this.#checks.farEnd(doing, vrf, address);
    const iface = this.#tunnels.withVni(vrf, vni);
    if (iface !== undefined) checkFamily(doing, this.#tunnels.get(iface).local, address);
    this.lists.add(doing, entry);
    this.#show(doing, entry);
    this.#router.emit({ type: 'flood add', text: this.#describe(entry) });
  }

  /** Takes a far end from a VNI's flood list. @throws ApiError ENOENT */
  remove(entry: FloodEntry): void {
    const doing = `delete flood vtep ${formatAddress(entry.address)}`;
    this.lists.remove(doing, entry);
    this.#show(doing, entry);
    this.#router.emit({ type: 'flood del', text: this.#describe(entry) });
  }

  /** Removes the lists of a VRF that goes. */
  removeAll(vrf: number): void {
    for (const entry of this.lists.list(vrf)) this.remove(entry);
  }

  #show(doing: string, { vrf, vni }: FloodEntry): void {
    const iface = this.#tunnels.withVni(vrf, vni);
    if (iface !== undefined) this.lists.publish(doing, iface, { vrf, vni });
  }

  #describe({ vrf, vni, address }: FloodEntry): string {
    return `vrf=${this.#interfaces.vrfName(vrf)} vni=${vni} ${formatAddress(address)}`;
  }
}
