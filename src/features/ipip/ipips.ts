import { ApiError } from '../../engine/api-error.ts';
import type { Rewrite } from '../../engine/host/rewrites.ts';
import type { Router } from '../../engine/host/router.ts';
import { formatAddress, type IpAddress, sameAddress } from '../../net/address.ts';
import { randomMac } from '../../net/mac.ts';
import {
  DEFAULT_MTU,
  type Interface,
  type InterfaceAttributes,
  type InterfaceDetails,
  type Interfaces,
  type InterfaceType,
  interfaceDefaults,
  MIN_MTU,
} from '../interface/index.ts';
import type { Addresses } from '../ip/index.ts';
import { type WayParts, wayTo } from '../tunnel/index.ts';
import { checkEnds, type Ipip, keyOf, overheadOf } from './ipip.ts';
import type { Reception } from './reception.ts';
import { TunnelTable } from './tunnel-table.ts';

/** What tunnels need of lower features. */
export interface IpipNeeds extends WayParts {
  readonly interfaces: Interfaces;
  readonly addresses: Addresses;
  readonly reception: Pick<Reception, 'open' | 'close'>;
}

/** A tunnel to be added. */
export interface NewIpip extends Ipip {
  readonly name: string;
  readonly attributes: InterfaceAttributes;
}

/** All interfaces of type ipip. */
export class Ipips implements InterfaceType {
  readonly #router: Pick<Router, 'quiet'>;
  readonly #needs: IpipNeeds;
  readonly #table: TunnelTable;
  readonly #tunnels = new Map<number, Ipip>();
  readonly #byEnds = new Map<string, number>();
  /** How much each takes by the way that it has, of which nobody has said it. */
  readonly #derived = new Map<number, number>();

  constructor(router: Pick<Router, 'tables' | 'quiet' | 'dispatch'>, needs: IpipNeeds) {
    this.#router = router;
    this.#needs = needs;
    this.#table = new TunnelTable(router);
    const { interfaces, addresses } = needs;
    interfaces.defineType('ipip', this);
    interfaces.listen({
      checkRemoval: (iface) => this.#checkUnderlay(iface),
      removing: (iface) => this.#letGo(iface.id),
    });
    addresses.listen({
      added: ({ prefix }, { vrf }) => this.#noteAddress(vrf, prefix.address),
      removed: ({ prefix }, { vrf, id }) => this.#noteAddress(vrf, prefix.address, id),
    });
    router.dispatch.note({ table: 'interface-output', key: 'ipip', stage: 'ipip-output' });
  }

  /** How all tunnels are written again for a build that has them elsewhere. */
  get rewrite(): Rewrite {
    return {
      tables: ['IPIPS', 'IPIP_CHAINS'],
      write: () => {
        for (const [id, ipip] of this.#tunnels) this.#table.link(id, ipip, this.#isReady(id));
      },
    };
  }

  /** All tunnels with their interfaces. */
  get list(): readonly (readonly [Interface, Ipip])[] {
    return [...this.#tunnels].flatMap(([id, ipip]) => {
      const iface = this.#needs.interfaces.find(id);
      return iface ? [[iface, ipip] as const] : [];
    });
  }

  /** Adds a tunnel; to be called in turn. @throws ApiError EINVAL, EEXIST, EADDRNOTAVAIL, ENOSPC */
  add({ name, attributes, ...ipip }: NewIpip): Interface {
    const { interfaces, reception } = this.#needs;
    const doing = `add ipip ${name}`;
    interfaces.checkNew(doing, name, attributes);
    this.#check(doing, ipip);
    const iface = interfaces.add({ ...this.#newInterface(ipip), name, ...attributes });
    reception.open();
    this.#remember(iface.id, ipip);
    this.#derived.set(iface.id, this.#sizeOf(ipip));
    this.#table.link(iface.id, ipip, true);
    return iface;
  }

  /** Changes a tunnel, all or nothing; to be called in turn. @throws ApiError as `add` */
  async set(
    name: string,
    changes: Partial<Ipip>,
    attributes: InterfaceAttributes,
    newName?: string,
  ): Promise<Interface> {
    const { interfaces } = this.#needs;
    const doing = `set ipip ${name}`;
    const { id } = interfaces.named(doing, name, 'ipip');
    const before = this.#get(id);
    const after = { ...before, ...changes };
    this.#check(doing, after, id);
    await interfaces.set(name, attributes, newName);
    if (keyOf(before) !== keyOf(after)) await this.#move(id, before, after);
    return interfaces.named(doing, newName ?? name);
  }

  async remove({ id }: Interface): Promise<void> {
    this.#forget(id);
    this.#derived.delete(id);
    this.#needs.reception.close();
  }

  /** Nothing is known of one that is just being added. */
  details(iface: Interface): InterfaceDetails {
    const ipip = this.#tunnels.get(iface.id);
    if (!ipip) return { info: [], fields: {} };
    const fields = {
      local: formatAddress(ipip.local),
      remote: formatAddress(ipip.remote),
      encap_vrf: this.#needs.interfaces.vrfName(ipip.encapVrf),
      ...(iface.running ? {} : { down: 'local-not-ours' }),
    };
    return { info: Object.entries(fields).map(([key, value]) => `${key}=${value}`), fields };
  }

  /** Looks all ways up anew: a tunnel follows as long as it has the size that followed from the way before. */
  refresh(): void {
    const { interfaces } = this.#needs;
    for (const [id, ipip] of this.#tunnels) {
      const before = this.#derived.get(id);
      const mtu = this.#sizeOf(ipip);
      this.#derived.set(id, mtu);
      if (interfaces.find(id)?.mtu === before) interfaces.note(id, { mtu });
    }
  }

  #newInterface(ipip: Ipip) {
    return {
      ...interfaceDefaults,
      type: 'ipip',
      mtu: this.#sizeOf(ipip),
      mac: randomMac(),
      outputStage: 'ipip-output',
      pointToPoint: true,
    };
  }

  /** How much the way to the far end leaves; where there is none, what the interface with the local address does. */
  #sizeOf({ local, remote, encapVrf }: Ipip): number {
    const way = wayTo(this.#needs, encapVrf, remote);
    const width = way?.mtu ?? this.#needs.addresses.ownerOf(encapVrf, local)?.mtu ?? DEFAULT_MTU;
    return Math.max(width - overheadOf(local), MIN_MTU);
  }

  #check(doing: string, ipip: Ipip, id?: number): void {
    checkEnds(doing, ipip, { addresses: this.#needs.addresses, own: id });
    const other = this.#byEnds.get(keyOf(ipip));
    if (other === undefined || other === id) return;
    const received = `those of ${this.#needs.interfaces.find(other)?.name}`;
    throw new ApiError('EEXIST', { doing, expected: 'ends that no other tunnel has in that VRF', received });
  }

  /** Packets meet the tunnel as it was, none, and the tunnel as it is. */
  async #move(id: number, before: Ipip, after: Ipip): Promise<void> {
    this.#table.unlink(id);
    this.#byEnds.delete(keyOf(before));
    this.#remember(id, after);
    await this.#router.quiet();
    if (!this.#tunnels.has(id)) return;
    this.#needs.interfaces.note(id, { running: true });
    this.#table.link(id, after, this.#isReady(id));
    this.refresh();
  }

  /** An address has come, or goes from an interface: another one may have it too. */
  #noteAddress(vrf: number, address: IpAddress, leaving?: number): void {
    for (const [id, ipip] of this.#tunnels) {
      if (ipip.encapVrf !== vrf || !sameAddress(ipip.local, address)) continue;
      const isOurs = this.#isReady(id, leaving);
      this.#needs.interfaces.note(id, { running: isOurs });
      this.#table.setReady(id, ipip, isOurs);
    }
  }

  #isReady(id: number, leaving?: number): boolean {
    const { encapVrf, local } = this.#get(id);
    return this.#needs.addresses.ownerOf(encapVrf, local, leaving) !== undefined;
  }

  #get(id: number): Ipip {
    const found = this.#tunnels.get(id);
    if (!found) throw new Error(`interface ${id} is no ipip`);
    return found;
  }

  #remember(id: number, ipip: Ipip): void {
    this.#tunnels.set(id, ipip);
    this.#byEnds.set(keyOf(ipip), id);
  }

  #letGo(id: number): void {
    if (this.#tunnels.has(id)) this.#table.unlink(id);
  }

  #forget(id: number): void {
    this.#byEnds.delete(keyOf(this.#get(id)));
    this.#tunnels.delete(id);
  }

  #checkUnderlay({ type, name, vrf }: Interface): void {
    if (type !== 'vrf') return;
    const users = this.list.filter(([, { encapVrf }]) => encapVrf === vrf).map(([iface]) => iface.name);
    if (users.length === 0) return;
    throw new ApiError('EBUSY', {
      doing: `delete vrf ${name}`,
      expected: 'a VRF that is no underlay of tunnels',
      received: `that of ${users.join(', ')}`,
    });
  }
}
