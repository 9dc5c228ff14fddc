import { keyOf } from '../../kube/object.ts';
import { type Encapsulation, encapsulationsOf, type NodeRouter } from '../node/index.ts';
import type { NetworkNumbers } from './network-numbers.ts';
import type { VirtualNetwork } from './virtual-network.ts';

/** What of a network does not depend on where it is. */
export interface NetworkCore extends NetworkNumbers {
  readonly key: string;
  readonly object: VirtualNetwork;
  readonly isLayer2: boolean;
  /** What its VRF or bridge is called in routers. */
  readonly place: string;
  readonly encapsulations: readonly Encapsulation[];
}

/** Works out what a network is everywhere. @throws Error with what cannot be */
export function networkCore(object: VirtualNetwork, numbers: NetworkNumbers): NetworkCore {
  const isLayer2 = object.spec.type === 'L2';
  const wanted = encapsulationsOf(object.spec.encapsulations);
  const encapsulations = isLayer2 ? wanted.filter((each) => each === 'vxlan') : wanted;
  if (encapsulations.length === 0) {
    throw new Error(
      `expected VXLAN among the encapsulations of an L2 network, got ${object.spec.encapsulations.join(', ')}`,
    );
  }
  if (isLayer2 && (object.spec.imports.length > 0 || object.spec.external)) {
    throw new Error('expected imports and external of L3 networks only, got them in an L2 network');
  }
  return {
    ...numbers,
    key: keyOf(object),
    object,
    isLayer2,
    place: placeName(object, numbers.id),
    encapsulations,
  };
}

const longestName = 15;

/**
 * Gives the name that a router calls the network's VRF or bridge by. Tenants have the same names, so all but those of
 * the namespace "default" end in the id.
 */
function placeName({ metadata }: VirtualNetwork, id: number): string {
  const ending = `-${id.toString(16).padStart(5, '0')}`;
  const isPlain =
    metadata.namespace === 'default' &&
    metadata.name.length <= longestName &&
    metadata.name !== 'main' &&
    !/-[0-9a-f]{5}$/.test(metadata.name);
  return isPlain ? metadata.name : `${metadata.name.slice(0, longestName - ending.length)}${ending}`;
}

const overheads: Readonly<Record<Encapsulation, number>> = { mplsoudp: 32, mplsogre: 28, vxlan: 50 };
const moreForIpv6 = 20;
const leastMtu = 1280;

/** Gives the MTU of a network's interfaces among some hosts. @throws Error when the one asked for does not fit */
export function networkMtu(core: NetworkCore, hosts: readonly NodeRouter[]): number {
  const room = Math.min(...hosts.map(({ underlay }) => underlay.mtu)) - headersOf(core, hosts);
  const { mtu } = core.object.spec;
  if (mtu === 'auto') {
    if (room >= leastMtu) return room;
    throw new Error(
      `expected an underlay that leaves ${leastMtu} bytes for packets inside of tunnels, got ${room}`,
    );
  }
  if (mtu <= room) return mtu;
  throw new Error(
    `expected an mtu of at most ${room}, which the underlay leaves inside of tunnels, got ${mtu}`,
  );
}

function headersOf(core: NetworkCore, hosts: readonly NodeRouter[]): number {
  if (hosts.length < 2) return 0;
  const most = Math.max(...core.encapsulations.map((each) => overheads[each]));
  return hosts.every(({ farEnds }) => farEnds.ipv4 !== undefined) ? most : most + moreForIpv6;
}
