import type { Router } from '../../engine/host/router.ts';
import { formatPrefix, type Prefix, samePrefix } from '../../net/prefix.ts';
import type { Interface } from '../interface/index.ts';
import type { IpFeature } from '../ip/index.ts';
import type { Lease, LeaseRoute } from './lease.ts';

/** What an interface has of its lease. */
interface Held {
  readonly vrf: number;
  readonly prefix: Prefix;
  readonly routes: readonly LeaseRoute[];
}

/** The addresses and routes of leases: put there, changed, and taken away again. */
export class Holdings {
  readonly #ip: Pick<IpFeature, 'addresses' | 'routes'>;
  readonly #log: Router['log'];
  readonly #held = new Map<number, Held>();

  constructor(ip: Pick<IpFeature, 'addresses' | 'routes'>, log: Router['log']) {
    this.#ip = ip;
    this.#log = log;
  }

  /** Makes an interface have what a lease gives, and nothing of the lease before. @throws ApiError when the address cannot be its */
  hold(iface: Interface, { prefix, routes }: Lease): void {
    const before = this.#held.get(iface.id);
    if (before && !samePrefix(before.prefix, prefix)) this.letGo(iface);
    if (!this.#has(iface, prefix)) this.#ip.addresses.add(iface, prefix);
    const { vrf } = iface;
    this.#held.set(iface.id, { vrf, prefix, routes: [] });
    for (const route of before?.routes ?? [])
      if (!routes.some((each) => samePrefix(each.prefix, route.prefix))) this.#takeRoute(vrf, route);
    const led = routes.filter((route) => this.#putRoute(vrf, route));
    this.#held.set(iface.id, { vrf, prefix, routes: led });
  }

  /** Takes away all that an interface has of its lease. */
  letGo(iface: Interface): void {
    const held = this.#held.get(iface.id);
    if (!held) return;
    this.#held.delete(iface.id);
    for (const route of held.routes) this.#takeRoute(held.vrf, route);
    if (this.#has(iface, held.prefix)) this.#ip.addresses.remove(iface, held.prefix);
  }

  /** The routes that an interface has of its lease. */
  routesOf(iface: number): readonly LeaseRoute[] {
    return this.#held.get(iface)?.routes ?? [];
  }

  #has(iface: Interface, prefix: Prefix): boolean {
    return this.#ip.addresses.of(iface.id).some((each) => samePrefix(each, prefix));
  }

  /** A route that somebody else has given stays as it is; one that cannot be costs the lease nothing. */
  #putRoute(vrf: number, { prefix, gateway }: LeaseRoute): boolean {
    const before = this.#ip.routes.originOf(vrf, prefix);
    if (before !== undefined && before !== ORIGIN) {
      this.#log.warn({ route: formatPrefix(prefix), origin: before }, 'a route from DHCP has to stand back');
      return false;
    }
    try {
      this.#ip.routes.add({ vrf, prefix, target: { gateway }, origin: ORIGIN });
      return true;
    } catch (error) {
      this.#log.warn({ route: formatPrefix(prefix), error }, 'a route from DHCP cannot be used');
      return false;
    }
  }

  #takeRoute(vrf: number, { prefix }: LeaseRoute): void {
    if (this.#ip.routes.originOf(vrf, prefix) === ORIGIN) this.#ip.routes.take(vrf, prefix);
  }
}

const ORIGIN = 'dhcp';
