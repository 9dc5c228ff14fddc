import { formatAddress, parseAddress } from '../../../net/address.ts';
import type { Interface, InterfaceListener } from '../../interface/index.ts';
import type { NextHop } from '../../neighbor/index.ts';
import { Neighborhood } from '../../neighbor/testing/neighborhood.ts';
import { Places } from '../../tunnel/index.ts';
import { Encaps, type WantedEncap } from '../encaps.ts';
import { MAX_SRV6_ENCAPS, MAX_SRV6_SIDS } from '../layout.ts';
import { LocalSids, type WantedSid } from '../local-sids.ts';
import { Srv6Table } from '../srv6-table.ts';

/** The keepers of lists and SIDs over real next hops and tables; addresses and routes are what the story says. */
export class Srv6Story {
  readonly hood: Neighborhood;
  readonly encaps: Encaps;
  readonly sids: LocalSids;
  /** The VRF of p0, and one of a customer. */
  readonly red: Interface;
  readonly blue: Interface;
  /** Next hops by the address that they lead to. */
  readonly routes = new Map<string, NextHop>();
  /** The address of p0. */
  source: string | undefined = '2001:db8::1';
  readonly #listeners: InterfaceListener[] = [];

  constructor(hood: Neighborhood, most: { readonly encaps?: number; readonly sids?: number }) {
    this.hood = hood;
    const { router, hops, users, interfaces } = hood;
    const table = new Srv6Table(router);
    const list = {
      get list() {
        return interfaces.list;
      },
      find: (id: number) => interfaces.find(id),
      listen: (listener: InterfaceListener) => void this.#listeners.push(listener),
    };
    this.red = interfaces.add({ id: 30, name: 'red', type: 'vrf', vrf: VRF });
    this.blue = interfaces.add({ id: 31, name: 'blue', type: 'vrf', vrf: BLUE });
    this.encaps = new Encaps({
      interfaces: list,
      nextHops: hops,
      users,
      table,
      places: new Places(router, { end: most.encaps ?? MAX_SRV6_ENCAPS, what: 'a list of segments' }),
      addresses: { sourceFor: () => (this.source === undefined ? undefined : parseAddress(this.source)) },
      routes: { longest: (vrf, address) => this.#longest(vrf, formatAddress(address)) },
    });
    this.sids = new LocalSids({
      interfaces: list,
      nextHops: hops,
      users,
      table,
      places: new Places(router, { end: most.sids ?? MAX_SRV6_SIDS, what: 'a SID' }),
    });
  }

  static async begin(most: { readonly encaps?: number; readonly sids?: number } = {}): Promise<Srv6Story> {
    return new Srv6Story(await Neighborhood.open(), most);
  }

  /** Adds a list of segments; what it is not told is as usual. */
  addList(segments: readonly string[], fields: Partial<Omit<WantedEncap, 'segments'>> = {}): NextHop {
    return this.encaps.add({
      id: undefined,
      origin: 'static',
      encapsulation: 'h.encaps',
      source: undefined,
      vrf: VRF,
      ...fields,
      segments: segments.map(parseAddress),
    });
  }

  /** Adds a SID; what it is not told is as usual. */
  addSid(fields: Partial<WantedSid> = {}): NextHop {
    return this.sids.add({
      id: undefined,
      origin: 'static',
      vrf: VRF,
      behavior: 'end',
      flavors: [],
      blockBits: 32,
      csidBits: 16,
      table: VRF,
      neighbor: undefined,
      ...fields,
    });
  }

  /** Makes a station of the link, whose MAC address is known, the way to an address. */
  routeVia(address: string, gateway: string): NextHop {
    const nextHop = this.hood.users.add({
      id: undefined,
      origin: 'static',
      vrf: VRF,
      target: {
        type: 'L3',
        iface: this.hood.iface.id,
        address: parseAddress(gateway),
        mac: undefined,
        remote: false,
      },
    });
    this.routes.set(address, nextHop);
    return nextHop;
  }

  /** The words that a next hop shows. */
  show(id: number): string {
    const { target } = this.hood.hops.withId('show', id);
    return target.type === 'encapsulation' ? `${target.kind} ${target.info.join(' ')}` : target.type;
  }

  /** What packets to a next hop read of its list: VRF, and the outer headers as hexadecimal digits. */
  list(id: number): string {
    const { bench } = this.hood.link;
    const at = bench.region('SRV6_ENCAPS') + this.#recordOf(id) * 320;
    const headers = Buffer.from(bench.memory.buffer, at + 16, bench.view.getUint16(at, true));
    return `vrf ${bench.view.getUint16(at + 2, true)} ${headers.toString('hex')}`;
  }

  /** What packets to a next hop read of its SID. */
  sid(id: number): string {
    const { view, region } = {
      view: this.hood.link.bench.view,
      region: this.hood.link.bench.region('SRV6_SIDS'),
    };
    const at = region + this.#recordOf(id) * 16;
    const [behavior, flavors] = [view.getUint8(at), view.getUint8(at + 1)];
    const [vrf, iface] = [view.getUint16(at + 4, true), view.getUint16(at + 6, true)];
    return `behavior ${behavior} flavors ${flavors} vrf ${vrf} iface ${iface} nexthop ${view.getUint32(at + 8, true)}`;
  }

  /** Asks whether an interface may be removed. @throws what is said against it */
  checkRemoval(iface: Interface): void {
    for (const listener of this.#listeners) listener.checkRemoval?.(iface);
  }

  /** Asks whether an interface may become a member of another. @throws what is said against it */
  checkBound(iface: Interface): void {
    for (const listener of this.#listeners) listener.checkBound?.(iface);
  }

  #recordOf(id: number): number {
    const { bench } = this.hood.link;
    const { index } = this.hood.hops.withId('read', id);
    return bench.view.getUint32(bench.region('NEXT_HOPS') + index * 32 + 24, true);
  }

  #longest(vrf: number, address: string) {
    const nextHop = vrf === VRF ? this.routes.get(address) : undefined;
    const prefix = { address: parseAddress(address), length: 128 };
    return nextHop && { vrf, prefix, nextHop: nextHop.index, origin: 3 };
  }
}

/** The VRF of p0. */
export const VRF = 3;
/** A customer's. */
export const BLUE = 4;
