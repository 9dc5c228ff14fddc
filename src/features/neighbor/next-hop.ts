import { formatAddress, type IpAddress } from '../../net/address.ts';
import { formatMac, type Mac } from '../../net/mac.ts';

/** Where routes lead: a value, replaced whenever something of it changes. Routes hold its index. */
export interface NextHop {
  readonly index: number;
  /** The number users know it by; zero for those that the router made for itself. */
  readonly id: number;
  /** Who made it: "link", "learn", "static", "bgp", … */
  readonly origin: string;
  /** Zero for groups, which belong to no VRF. */
  readonly vrf: number;
  readonly target: Target;
}

export type Target = Station | Local | Taken | Connected | InVrf | Blackhole | Reject | Group | Encapsulation;

/** A station on a link: a neighbour where it has an address, whatever is asked for where it has none. */
export interface Station {
  readonly type: 'L3';
  readonly iface: number;
  readonly address: IpAddress | undefined;
  /** Its MAC address, where a user has given it. */
  readonly mac: Mac | undefined;
  /** It is not on the link itself. */
  readonly remote: boolean;
}

/** An address of our own. */
export interface Local {
  readonly type: 'local';
  readonly iface: number;
  readonly address: IpAddress;
}

/** An address that is not ours, whose packets of IPv4 a higher feature takes. */
export interface Taken {
  readonly type: 'taken';
  readonly iface: number;
  readonly address: IpAddress;
}

/** All subnets on a link: each of their addresses is a neighbour. */
export interface Connected {
  readonly type: 'connected';
  readonly iface: number;
}

/** Another VRF, that of the next hop, in which packets are looked up again. */
export interface InVrf {
  readonly type: 'vrf';
  /** The VRF's own interface, with which the next hop goes. */
  readonly iface: number;
}

export interface Blackhole {
  readonly type: 'blackhole';
}

export interface Reject {
  readonly type: 'reject';
}

/** Several next hops, by index, that share flows by their weights. */
export interface Group {
  readonly type: 'group';
  readonly members: ReadonlyMap<number, number>;
}

/** What a higher feature puts round packets. IP does with them what it does with all, and then gives them to its stage. */
export interface Encapsulation {
  readonly type: 'encapsulation';
  /** What its feature calls it (`NextHops.defineEncapsulation`), such as "mpls". */
  readonly kind: string;
  /** Index of what the feature's stage needs, in a table of the feature's own. */
  readonly record: number;
  /** Largest packet that may be put into it. */
  readonly mtu: number;
  /** Words of the column INFO, such as "label=100". */
  readonly info: readonly string[];
}

/** A next hop that is a neighbour: it has an address to be resolved. */
export type NeighborHop = NextHop & { readonly target: Station & { readonly address: IpAddress } };

export function isNeighbor(nextHop: NextHop): nextHop is NeighborHop {
  return nextHop.target.type === 'L3' && nextHop.target.address !== undefined;
}

/** The interface a next hop leads to, zero for none. */
export function interfaceOf({ target }: NextHop): number {
  return 'iface' in target ? target.iface : 0;
}

/** Tells whether a next hop is there for an address of ours, or for one that a feature takes. */
export function isOwnAddress(target: Target): target is Local | Taken {
  return target.type === 'local' || target.type === 'taken';
}

/** Tells whether the router made a next hop for itself, as it does for an interface's addresses and subnets. */
export function isInternal(target: Target): target is Local | Taken | Connected {
  return isOwnAddress(target) || target.type === 'connected';
}

/** What errors say is being done when a user adds a next hop, with the id and the type that are known. */
export function addingNextHop(id: number | undefined, type?: string): string {
  return `add next hop${id === undefined ? '' : ` ${id}`}${type === undefined ? '' : ` of type ${type}`}`;
}

/** Writes a next hop as events tell it. */
export function describeNextHop(
  nextHop: NextHop,
  names: { readonly vrf: string; readonly iface: string },
  neighbor?: { readonly state: string; readonly mac: Mac | undefined },
): string {
  const { target } = nextHop;
  const mac = neighbor?.mac ?? (target.type === 'L3' ? target.mac : undefined);
  const words = [
    `type=${typeWord(target)}`,
    nextHop.id === 0 ? '' : `id=${nextHop.id}`,
    names.iface === '' ? '' : `iface=${names.iface}`,
    names.vrf === '' ? '' : `vrf=${names.vrf}`,
    `origin=${nextHop.origin}`,
    addressWord(target),
    ...(target.type === 'encapsulation' ? target.info : []),
    mac ? `mac=${formatMac(mac)}` : '',
    neighbor ? `state=${neighbor.state}` : '',
  ];
  return words.filter((word) => word !== '').join(' ');
}

/** The type as users know it: what leads to an interface is of layer 3. */
export function typeWord(target: Target): string {
  if (target.type === 'encapsulation') return target.kind;
  return isInternal(target) ? 'L3' : target.type;
}

/** The address of a next hop that has one. */
export function addressWord(target: Target): string {
  return 'address' in target && target.address ? formatAddress(target.address) : '';
}
