import type { IpAddress } from '../../net/address.ts';
import type { Prefix } from '../../net/prefix.ts';

/** A network as a node needs it to attach containers: part of the node's plan. */
export interface PodNetwork {
  /** NAMESPACE/NAME */
  readonly name: string;
  readonly vrf: string;
  readonly mtu: number;
  /** The MPLS label by which other nodes send to it. */
  readonly label: number;
  /** The Ethernet address of every gateway. */
  readonly routerMac: string;
  readonly subnets: readonly PodSubnet[];
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
