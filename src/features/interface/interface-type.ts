import type { Mac } from '../../net/mac.ts';
import type { InterfaceDetails } from './details.ts';
import type { ImposedAttributes, Interface } from './interface.ts';

/** What a type of interface (port, vrf, vlan, …) does when one of its own changes. */
export interface InterfaceType {
  /** Makes a change real on the device; what it returns is what became of it. @throws ApiError to refuse */
  change?(before: Interface, after: Interface): Promise<Interface> | Interface;
  /** Lets go of the device. Nothing refers to the interface any more. @throws ApiError to refuse */
  remove(iface: Interface): Promise<void>;
  /** What `interface show` adds for this type. */
  details(iface: Interface): InterfaceDetails;
  /** Makes the device receive what is for other stations too, or only what is for it. @throws ApiError, DpdkError to refuse */
  receiveAll?(iface: Interface, all: boolean): void;
  /** Makes the device receive for one more address, or not any more; false where it cannot choose by one. */
  receiveMac?(iface: Interface, mac: Mac, wanted: boolean): boolean;
  /** Counters that the device keeps itself. */
  counters?(iface: Interface): { readonly rxDrops: bigint; readonly txErrors: bigint };
  /** The mode of interfaces that are bound to one of this type by `domain`; CROSS_CONNECT where none is said. */
  readonly memberMode?: string;
  /** Refuses to be the domain of an interface. @throws ApiError */
  checkMember?(domain: Interface, member: Interface): void;
  /** What every member has while it is bound to one of this type; its own comes back after that. */
  memberAttributes?(domain: Interface): ImposedAttributes;
  /** Gets ready to lose a member, which is waited for: what is on its way may still arrive. */
  parting?(domain: Interface, member: Interface): Promise<void> | void;
}

/** The mode of interfaces that are bound straight to another. */
export const CROSS_CONNECT = 'XC';

/** Who wants to know of interfaces. Removal is told before it happens, and waited for. */
export interface InterfaceListener {
  added?(iface: Interface): void;
  changed?(before: Interface, after: Interface): void;
  /** Refuses a removal before anybody has let go. @throws ApiError EBUSY */
  checkRemoval?(iface: Interface): void;
  removing?(iface: Interface): Promise<void> | void;
  /** Refuses that an interface that was routed is bound to another. @throws ApiError EBUSY */
  checkBound?(iface: Interface): void;
}
