import { addressBits, sameAddress } from '../../net/address.ts';
import { isLinkLocal } from '../../net/address-scope.ts';
import { contains, hostPrefix, networkOf, type Prefix } from '../../net/prefix.ts';
import type { Interface, Interfaces } from '../interface/index.ts';
import type { AddressAnswers, NextHops } from '../neighbor/index.ts';
import type { Addresses, InterfaceAddress } from './addresses.ts';
import { numberOf } from './origins.ts';
import type { Routes } from './routes.ts';

/** The routes that addresses bring with them: to the address itself, and to the network it lies in. */
export function followAddresses(options: {
  readonly interfaces: Interfaces;
  readonly addresses: Addresses;
  readonly routes: Routes;
  readonly nextHops: NextHops;
  readonly answers: AddressAnswers;
}): void {
  const { interfaces, addresses, routes, nextHops, answers } = options;
  addresses.listen({
    added({ prefix }, iface) {
      answers.answerFor(iface, prefix.address);
      if (isPerLink(prefix)) return;
      if (hasNetwork(prefix)) connect(prefix, iface);
      if (!isHeldByOther(prefix, iface)) hold(prefix, iface);
    },
    removed(address, iface) {
      answers.stopAnswering(iface, address.prefix.address);
      if (isPerLink(address.prefix)) return;
      leave(address, iface);
      if (hasNetwork(address.prefix)) disconnect(address, iface);
    },
  });

  function hold({ address }: Prefix, iface: Interface): void {
    const nextHop = nextHops.local(iface, address);
    routes.put({ vrf: iface.vrf, prefix: hostPrefix(address), nextHop, origin: LINK });
  }

  /**
   * Tells whether packets to an address are led to us already, for another interface that has it. That stays so: all
   * pods have the gateways of their network, and a next hop for each, with the route put anew and the next hop before
   * retired, took 0.7 of 4.4 ms that the control thread worked for an ADD.
   */
  function isHeldByOther({ address }: Prefix, iface: Interface): boolean {
    const route = routes.longest(iface.vrf, address);
    const target = route && nextHops.find(route.nextHop)?.target;
    return target?.type === 'local' && target.iface !== iface.id && sameAddress(target.address, address);
  }

  /** What several interfaces have stays ours until the last of them goes. */
  function leave({ prefix }: InterfaceAddress, iface: Interface): void {
    const heir = addresses.ownerOf(iface.vrf, prefix.address, iface.id);
    if (!heir) routes.take(iface.vrf, hostPrefix(prefix.address));
    else if (!isHeldByOther(prefix, iface)) hold(prefix, heir);
  }

  /** Neighbours may be older than the network: what users have said of them stays when their interface moves. */
  function connect(prefix: Prefix, iface: Interface): void {
    const network = networkOf(prefix);
    routes.put({ vrf: iface.vrf, prefix: network, nextHop: nextHops.connected(iface), origin: LINK });
    for (const neighbor of nextHops.neighborsOf(iface.id))
      if (contains(network, neighbor.target.address))
        routes.putNeighbor(iface.vrf, neighbor.target.address, neighbor.index);
  }

  /** Another address in the same network, of this or another interface, keeps the network connected. */
  function disconnect({ prefix, iface: owner }: InterfaceAddress, iface: Interface): void {
    const network = networkOf(prefix);
    const others = addresses.list().filter((each) => {
      const same = networkOf(each.prefix);
      if (each.iface === owner && each.prefix === prefix) return false;
      return (
        same.length === network.length &&
        same.address.value === network.address.value &&
        same.address.family === network.address.family
      );
    });
    const heir = others.map((each) => interfaces.find(each.iface)).find((each) => each?.vrf === iface.vrf);
    if (heir) connect(prefix, heir);
    else routes.take(iface.vrf, network);
  }
}

const LINK = numberOf('link');

/** An address of full length is all of its network. */
function hasNetwork({ address, length }: Prefix): boolean {
  return length < addressBits(address.family);
}

/** IPv6 link-local addresses mean something else on every link: no route of the VRF can lead to them. */
function isPerLink({ address }: Prefix): boolean {
  return address.family === 'ipv6' && isLinkLocal(address);
}
