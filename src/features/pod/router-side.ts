import { RemoteError } from '../../engine/client/remote-error.ts';
import type { RouterClient } from '../../engine/client/router-client.ts';
import { type AttachmentRecord, descriptionOf, nextHopOf, routerName } from './attachment-record.ts';
import { addBridgeMember, missingMember } from './bridge-member.ts';
import type { PodNetwork } from './network.ts';
import { accesses, interfaces, routes, vrfs } from './router-services.ts';
import { TRUNK_PORT } from './trunk-names.ts';

/** The router's part of attachments: an access interface, the gateway's addresses on it, and a route to each address. */
export class RouterSide {
  readonly #router: RouterClient;
  /** Networks whose VRF is there; a router that starts anew knows none. */
  #known = new Map<PodNetwork, Promise<void>>();

  constructor(router: RouterClient) {
    this.#router = router;
  }

  /** The router may be another one from now on. */
  forget(): void {
    this.#known = new Map();
  }

  /** Adds the interface of a veth: a VLAN of the trunk. @throws RemoteError */
  async addVlan(record: AttachmentRecord, network: PodNetwork): Promise<void> {
    if (network.bridge !== undefined)
      return addBridgeMember(this.#router, { record, bridge: network.bridge });
    await this.#add(record, network, { vlan: { parent: TRUNK_PORT, vlan_id: record.number } });
  }

  /** Adds the interface of an attachment that has a device of DPDK's to itself. @throws RemoteError */
  async addPort(record: AttachmentRecord, network: PodNetwork, devargs: string): Promise<void> {
    if (network.bridge !== undefined)
      return addBridgeMember(this.#router, { record, bridge: network.bridge, devargs });
    await this.#add(record, network, { devargs });
  }

  /**
   * Removes the interface, and all that refers to it; there may be none. A router that has ended has none either, and
   * one that is not heard loses it before anything is attached again.
   */
  async remove(name: string): Promise<void> {
    await this.#router
      .call(interfaces, 'deleteInterface', { name })
      .catch(unless('ENODEV', 'ENOENT', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE'));
  }

  /** The names of the attachments' interfaces. */
  async names(): Promise<ReadonlySet<string>> {
    const { interfaces: all = [] } = await this.#router.call(interfaces, 'listInterfaces', {});
    return new Set(all.map(({ name = '' }) => name).filter((name) => /^pod\d+$/.test(name)));
  }

  /** Says what of an attachment is not in the router; undefined when all is there. */
  async missing(record: AttachmentRecord, network: PodNetwork): Promise<string | undefined> {
    const name = routerName(record);
    const found = await this.#router.call(interfaces, 'getInterface', { name }).catch(unless('ENODEV'));
    if (!found?.interface) return `the router has no interface ${name}`;
    if (network.bridge !== undefined) return missingMember(found.interface, network.bridge);
    if (found.interface.vrf !== network.vrf)
      return `${name} is in VRF ${found.interface.vrf}, not ${network.vrf}`;
    for (const { address } of record.addresses) {
      const request = { destination: address, vrf: network.vrf };
      const { route } =
        (await this.#router.call(routes, 'getRoute', request).catch(unless('EHOSTUNREACH', 'ENETUNREACH'))) ??
        {};
      if (route?.next_hop?.iface !== name) return `the router has no route to ${address} by ${name}`;
    }
    return undefined;
  }

  async #add(record: AttachmentRecord, network: PodNetwork, link: AccessLink): Promise<void> {
    await this.#ensureNetwork(network);
    await this.#router.call(accesses, 'addAccess', {
      name: routerName(record),
      description: descriptionOf(record),
      vrf: network.vrf,
      mtu: record.mtu,
      mac: network.routerMac,
      ...link,
      station: stationOf(record),
    });
  }

  /** A network's VRF, should the plan have come after the network. */
  #ensureNetwork(network: PodNetwork): Promise<void> {
    const known = this.#known.get(network) ?? this.#addNetwork(network);
    this.#known.set(network, known);
    known.catch(() => this.#known.delete(network));
    return known;
  }

  async #addNetwork({ vrf }: PodNetwork): Promise<void> {
    await this.#router.call(vrfs, 'addVrf', { name: vrf }).catch(unless('EEXIST'));
  }
}

/** How the router reaches a container. */
type AccessLink =
  | { readonly vlan: { readonly parent: string; readonly vlan_id: number } }
  | { readonly devargs: string };

function stationOf(record: AttachmentRecord) {
  const { mac, addresses } = record;
  const leading = addresses.map(({ address, gateway }, index) => ({
    address,
    gateway,
    nexthop_id: nextHopOf(record, index),
  }));
  return { mac, addresses: leading };
}

/** What is as it shall be is no failure. */
function unless(...codes: readonly string[]) {
  return (error: unknown): undefined => {
    if (error instanceof RemoteError && codes.includes(error.code)) return undefined;
    throw error;
  };
}
