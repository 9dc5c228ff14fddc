import type { IpAddress } from '../../net/address.ts';
import type { Prefix } from '../../net/prefix.ts';

/** A network as a node needs it to attach containers: part of the node's plan. */
export interface PodNetwork {
  /** NAMESPACE/NAME */
  readonly name: string;
  /** The VRF of its addresses; of an L2 network, that of the gateway alone. */
  readonly vrf: string;
  /** The bridge of an L2 network, which its interfaces join. */
  readonly bridge?: string | undefined;
  readonly mtu: number;
  /** The MPLS label by which other nodes send to it. */
  readonly label: number;
  /** The Ethernet address of every gateway. */
  readonly routerMac: string;
  readonly subnets: readonly PodSubnet[];
  /** Addresses outside of this node's blocks that its Attachments ask for: other nodes have a route to each. */
  readonly granted?: ReadonlySet<string>;
}

/** Where addresses of a network come from. */
export interface PodSubnet {
  readonly prefix: Prefix;
  readonly gateway: IpAddress;
  /** The prefixes that this node hands addresses out of. */
  readonly blocks: readonly Prefix[];
  /** Prefixes that nobody is given. */
  readonly excluded: readonly Prefix[];
  /** A container of the same name gets the same address again. */
  readonly sticky: boolean;
}

/** The networks of a node, by name; a name without a namespace is one of the namespace default. */
export type PodNetworks = ReadonlyMap<string, PodNetwork>;

/** Finds a network by its name. */
export function findNetwork(networks: PodNetworks, name: string): PodNetwork | undefined {
  return networks.get(name) ?? networks.get(`default/${name}`);
}
