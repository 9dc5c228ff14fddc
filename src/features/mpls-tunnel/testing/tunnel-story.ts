import { formatAddress, parseAddress, sameAddress } from '../../../net/address.ts';
import type { Interface, InterfaceListener } from '../../interface/index.ts';
import type { NextHop } from '../../neighbor/index.ts';
import { Neighborhood } from '../../neighbor/testing/neighborhood.ts';
import { TunnelTable } from '../tunnel-table.ts';
import { Tunnels, type WantedNextHop } from '../tunnels.ts';

/** The keeper of tunnels over real next hops; addresses and routes are what the story says. */
export class TunnelStory {
  readonly hood: Neighborhood;
  readonly table: TunnelTable;
  readonly tunnels: Tunnels;
  /** Next hops by the address that they lead to. */
  readonly routes = new Map<string, NextHop>();
  /** Addresses of ours in any VRF. */
  readonly addresses = new Set(['10.0.0.1', '2001:db8::1']);
  /** VRFs that labels are taken in, and how many tunnels want it. */
  readonly open = new Map<number, number>();
  /** An error that whoever opens a VRF meets. */
  refusal: Error | undefined;
  readonly #listeners: InterfaceListener[] = [];

  constructor(hood: Neighborhood) {
    this.hood = hood;
    const { router, link, hops, users, interfaces } = hood;
    this.table = new TunnelTable({
      tables: (names) => router.tables(names),
      region: (name) => router.region(name),
      view: link.bench.view,
      quiet: () => router.quiet(),
      log: router.log,
    });
    this.tunnels = new Tunnels({
      users,
      nextHops: hops,
      table: this.table,
      interfaces: {
        find: (id) => interfaces.find(id),
        listen: (listener) => void this.#listeners.push(listener),
      },
      routes: { longest: (vrf, address) => this.#longest(vrf, formatAddress(address)) },
      addresses: {
        ownerOf: (_, address) => (this.addresses.has(formatAddress(address)) ? hood.iface : undefined),
        sourceFor: (_, target) =>
          [...this.addresses].map(parseAddress).find(({ family }) => family === target.family),
      },
      reception: {
        open: (_, vrf) => {
          if (this.refusal) throw this.refusal;
          this.open.set(vrf, (this.open.get(vrf) ?? 0) + 1);
        },
        close: (vrf) => void this.open.set(vrf, (this.open.get(vrf) ?? 0) - 1),
      },
    });
  }

  static async begin(): Promise<TunnelStory> {
    return new TunnelStory(await Neighborhood.open());
  }

  /** Adds a tunnel; what it is not told is as usual. */
  add(
    remote: string,
    fields: Partial<Omit<WantedNextHop, 'local'>> & { readonly local?: string } = {},
  ): NextHop {
    const { local, ...others } = fields;
    return this.tunnels.add({
      id: undefined,
      origin: 'static',
      encapsulation: 'mplsoudp',
      vrf: 3,
      port: 6635,
      remote: parseAddress(remote),
      ...others,
      local: local === undefined ? undefined : parseAddress(local),
    });
  }

  /** Makes a station of the link the way to an address. */
  routeVia(address: string, gateway: string): NextHop {
    const found = this.hood.hops.table.findNeighbor(this.hood.iface.id, parseAddress(gateway));
    const target = {
      type: 'L3',
      iface: this.hood.iface.id,
      address: parseAddress(gateway),
      mac: undefined,
      remote: false,
    } as const;
    const nextHop = found ?? this.hood.users.add({ id: undefined, origin: 'static', vrf: 3, target });
    this.routes.set(address, nextHop);
    return nextHop;
  }

  /** The words that a next hop shows. */
  info(index: number): string {
    const target = this.hood.hops.find(index)?.target;
    return target?.type === 'encapsulation' ? target.info.join(' ') : (target?.type ?? 'gone');
  }

  /** The record that packets to a next hop read: family, VRF, UDP port as it lies, local and remote address. */
  record(index: number): string {
    const { bench } = this.hood.link;
    const nextHop = bench.region('NEXT_HOPS') + index * 32;
    const at = bench.region('MPLS_TUNNELS') + bench.view.getUint32(nextHop + 24, true) * 64;
    const family = bench.view.getUint16(at, true);
    const bytes = (from: number) =>
      Buffer.from(bench.memory.buffer, at + from, family === 4 ? 4 : 16).toString('hex');
    return `${family} vrf ${bench.view.getUint16(at + 2, true)} port ${bench.view.getUint16(at + 4)} ${bytes(16)} > ${bytes(32)}`;
  }

  /** Asks whether an interface may be removed. @throws what is said against it */
  checkRemoval(fields: Partial<Interface>): void {
    for (const listener of this.#listeners) listener.checkRemoval?.({ ...this.hood.iface, ...fields });
  }

  #longest(vrf: number, address: string) {
    const entry = [...this.routes].find(([each]) => sameAddress(parseAddress(each), parseAddress(address)));
    return (
      entry && {
        vrf,
        prefix: { address: parseAddress(address), length: 32 },
        nextHop: entry[1].index,
        origin: 3,
      }
    );
  }
}
