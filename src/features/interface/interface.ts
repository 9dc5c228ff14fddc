import { ApiError } from '../../engine/api-error.ts';
import { formatMac, isUnicastMac, type Mac, sameMac } from '../../net/mac.ts';

/** An interface as the control side sees it: a value, replaced whenever something of it changes. */
export interface Interface {
  readonly id: number;
  readonly name: string;
  readonly type: string;
  readonly description: string;
  /** Administratively up. */
  readonly up: boolean;
  /** Its link is up. */
  readonly running: boolean;
  readonly promisc: boolean;
  /** Learns neighbours from ARP and ND that did not ask us. */
  readonly snooping: boolean;
  /**
   * A link to one station, such as a pod: the router answers ARP and ND for every address there, and the host does
   * not see it. It is so from its beginning to its end.
   */
  readonly access?: boolean;
  /** Who takes what it receives: "VRF", or a mode that another feature has defined. */
  readonly mode: string;
  /** Number of its VRF; of a VRF itself, its own number. */
  readonly vrf: number;
  /** Id of the interface it is bound to in modes other than VRF, zero for none. */
  readonly domain: number;
  readonly mtu: number;
  readonly mac: Mac;
  /** Megabits per second, zero when unknown. */
  readonly speedMbps: number;
  /** DPDK port of a port. */
  readonly port: number;
  /** The stage that sends frames out of it; none for interfaces that send no frames. */
  readonly outputStage: string | undefined;
  /**
   * It leads to one far end that has no MAC address: what is sent goes there, whatever its next hop is, and nobody is
   * asked. Its frames are the router's own; no VLANs, labels or bridges.
   */
  readonly pointToPoint?: boolean;
  /** The port fills in L4 checksums. */
  readonly checksumsOnSend: boolean;
  /** It leads to several far ends: what comes in says in `packet.note` from which, and a bridge says there to which. */
  readonly farEnds?: boolean;
  /** For a sub-interface, the id of the interface it is part of and the tag that tells it apart there. */
  readonly parent?: number;
  readonly tag?: number;
  /** What it has again when it is bound to none, while what it is bound to says what it has. */
  readonly own?: ImposedAttributes | undefined;
}

/** What an interface's domain may say of it. */
export type ImposedAttributes = Pick<Interface, 'mac' | 'mtu'>;

/** What a new interface is like where its type and its user say nothing else: up, in the main VRF, and no port. */
export const interfaceDefaults = {
  description: '',
  up: true,
  running: true,
  promisc: false,
  snooping: false,
  vrf: 1,
  domain: 0,
  speedMbps: 0,
  port: 0,
  checksumsOnSend: false,
} as const satisfies Partial<Interface>;

/** Tells whether an interface has a link that frames of any kind can be sent on. */
export function sendsFrames(iface: Interface): boolean {
  return iface.outputStage !== undefined && iface.pointToPoint !== true;
}

/** What a user may say of any interface; what is absent stays as it is. */
export interface InterfaceAttributes {
  readonly up?: boolean;
  readonly promisc?: boolean;
  readonly snooping?: boolean;
  readonly access?: boolean;
  readonly mtu?: number;
  readonly vrf?: number;
  /** The interface to bind it to, zero for none. */
  readonly domain?: number;
  readonly description?: string;
  readonly mac?: Mac;
  readonly parent?: number;
  readonly tag?: number;
}

/** MTU of Ethernet, where nothing else is known or asked for. */
export const DEFAULT_MTU = 1500;
/** Smallest MTU: IPv6 asks for it (RFC 8200 clause 5). */
export const MIN_MTU = 1280;
/** Largest MTU of the grammar. */
export const MAX_MTU = 65534;

/** Checks an interface's name: 1 to 15 bytes, no spaces, no slash, and none of the reserved names. @throws ApiError EINVAL */
export function checkName(doing: string, name: string): string {
  const bytes = Buffer.byteLength(name);
  if (bytes < 1 || bytes > 15) throw invalid(doing, 'a name of 1 to 15 bytes', name);
  if (/[\s/]/.test(name)) throw invalid(doing, 'a name without spaces and slashes', name);
  if (name === '.' || name === '..' || name.startsWith('gr-loop')) {
    throw invalid(doing, 'a name other than ".", ".." and "gr-loop…"', name);
  }
  return name;
}

/** Checks the attributes that may be wrong in themselves. @throws ApiError EINVAL */
export function checkAttributes(doing: string, { mtu, mac }: InterfaceAttributes): void {
  if (mtu !== undefined && (!Number.isInteger(mtu) || mtu < MIN_MTU || mtu > MAX_MTU)) {
    throw new ApiError('EINVAL', {
      doing,
      expected: `an MTU of ${MIN_MTU} to ${MAX_MTU}`,
      received: String(mtu),
    });
  }
  if (mac !== undefined && !isUnicastMac(mac)) {
    throw new ApiError('EINVAL', {
      doing,
      expected: 'a unicast MAC address',
      received: 'a group or zero address',
    });
  }
}

/** What the host was shown of an interface it would have to be shown or lose in the middle. @throws ApiError ENOTSUP */
export function checkAccessStays(doing: string, before: Interface, { access }: InterfaceAttributes): void {
  if (access === undefined || access === (before.access ?? false)) return;
  const received = access ? 'access on' : 'access off';
  throw new ApiError('ENOTSUP', {
    doing,
    expected: 'access to stay what it was when it was added',
    received,
  });
}

/** Refuses attributes other than those that an interface's domain gives it. @throws ApiError EINVAL */
export function checkImposed(
  doing: string,
  { mac, mtu }: InterfaceAttributes,
  { imposed, by }: { readonly imposed: ImposedAttributes; readonly by: string },
): void {
  if (mtu !== undefined && mtu !== imposed.mtu) {
    const expected = `the MTU of ${by}, ${imposed.mtu}, while it is bound to that`;
    throw new ApiError('EINVAL', { doing, expected, received: String(mtu) });
  }
  if (mac !== undefined && !sameMac(mac, imposed.mac)) {
    const expected = `the MAC address of ${by}, ${formatMac(imposed.mac)}, while it is bound to that`;
    throw new ApiError('EINVAL', { doing, expected, received: formatMac(mac) });
  }
}

/** An interface as it is without what its domain has said of it. */
export function withOwn<T extends Interface>(iface: T): T {
  return { ...iface, ...iface.own, own: undefined };
}

/** Tells whether what a device says of itself is as before. */
export function isSameState(before: Interface, after: Interface): boolean {
  return (
    after.running === before.running &&
    after.speedMbps === before.speedMbps &&
    after.mtu === before.mtu &&
    sameMac(after.mac, before.mac)
  );
}

/** The words of `interface show` for what is switched on. */
export function flagWords(iface: Interface): string[] {
  const words: [boolean, string][] = [
    [iface.up, 'up'],
    [iface.running, 'running'],
    [iface.promisc, 'promisc'],
    [iface.snooping, 'neigh_snoop'],
    [iface.access === true, 'access'],
  ];
  return words.filter(([on]) => on).map(([, word]) => word);
}

/** One line that tells an interface's state, for events. */
export function describe(iface: Interface): string {
  return `${iface.name} type=${iface.type} id=${iface.id} flags=${flagWords(iface).join(',')} mtu=${iface.mtu} mac=${formatMac(iface.mac)}`;
}

function invalid(doing: string, expected: string, name: string): ApiError {
  return new ApiError('EINVAL', { doing, expected, received: JSON.stringify(name) });
}
