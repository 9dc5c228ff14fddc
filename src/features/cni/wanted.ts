import { findNetwork, type PodNetwork, type PodNetworks, type WantedAttachment } from '../pod/index.ts';
import { podOf, readArguments, variable } from './arguments.ts';
import { type CniCall, keyOf } from './call.ts';
import { CniError } from './cni-error.ts';
import type { Wish } from './wishes.ts';

/** What an interface that a call asks for shall be made of. @throws CniError, PodError invalid */
export function wantedOf(call: CniCall, wish: Wish, networks: PodNetworks): WantedAttachment {
  const { environment } = call.message;
  const { container, interface: addedWith } = keyOf(call.message);
  const { configuration } = call;
  const network = networkOf(wish, networks);
  const isOwn = wish.interface === addedWith;
  return {
    container,
    interface: wish.interface,
    addedWith,
    network: network.name,
    configuration: configuration.name,
    kind: wish.kind,
    netns: variable(environment, 'CNI_NETNS', /^\/[^\s"'#\\]+$/),
    addresses: wish.addresses.map((text) => text.replace(/\/.*$/, '')),
    mac: wish.mac,
    mtu: Math.min(configuration.mtu ?? network.mtu, network.mtu),
    isDefault: isOwn && (configuration.defaultRoute ?? addedWith === 'eth0'),
    socketOwner: socketOwnerOf(wish),
    pod: podOf(readArguments(environment['CNI_ARGS'])),
  };
}

/** A client of memif does not wait for its server, and the container is not there yet. */
function socketOwnerOf({ kind, socketOwner }: Wish): 'pod' | 'router' {
  if (kind !== 'memif') return socketOwner ?? 'pod';
  if (socketOwner !== 'pod') return 'router';
  const details = 'expected socketOwner router for memif, got pod';
  throw new CniError('invalidConfiguration', 'the router has to make the socket of a memif', details);
}

function networkOf({ network: name }: Wish, networks: PodNetworks): PodNetwork {
  const found = findNetwork(networks, name);
  if (found) return found;
  const names = [...networks.keys()].join(', ') || 'none';
  const details = `expected a network of this node's plan, which are: ${names}; got ${JSON.stringify(name)}`;
  throw new CniError('invalidConfiguration', 'the network is not known', details);
}
