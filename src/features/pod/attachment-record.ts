/** How a container is attached: veth and tap are the kernel's, vhost-user and memif are for DPDK applications. */
export const linkKinds = ['veth', 'tap', 'vhost-user', 'memif'] as const;
export type LinkKind = (typeof linkKinds)[number];

/** The two words that name an attachment: the runtime's name of the sandbox, and the interface in it. */
export interface AttachmentKey {
  readonly container: string;
  readonly interface: string;
}

/** What somebody asks for. */
export interface WantedAttachment extends AttachmentKey {
  /** The interface of the ADD that asks for it: its own, or another of the same container. */
  readonly addedWith: string;
  readonly network: string;
  /** The name of the CNI configuration that has asked for it. */
  readonly configuration: string;
  readonly kind: LinkKind;
  readonly netns: string;
  /** Addresses asked for, without length; the ledger chooses of every family that is not among them. */
  readonly addresses: readonly string[];
  readonly mac: string | undefined;
  readonly mtu: number;
  /** Its routes to everywhere lead through this interface. */
  readonly isDefault: boolean;
  readonly socketOwner: 'pod' | 'router';
  readonly pod: PodName | undefined;
}

/** Whose container it is. */
export interface PodName {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/** An address that an attachment has. */
export interface AttachedAddress {
  readonly address: string;
  readonly length: number;
  readonly gateway: string;
}

/** The one record of what a container's interface is, as the ledger has it. */
export interface AttachmentRecord extends Omit<WantedAttachment, 'addresses' | 'mac'> {
  /** Its number on this node: its VLAN on the trunk, and part of the names of its devices. */
  readonly number: number;
  readonly vrf: string;
  readonly mac: string;
  readonly addresses: readonly AttachedAddress[];
  /** pending until packets can flow, leaving from when it is to go. */
  readonly state: 'pending' | 'ready' | 'leaving';
  /** When it came to this state, as RFC 3339 has it. */
  readonly since: string;
  /** Why it is in this state, where that is not plain. */
  readonly reason?: string;
}

/** What an attachment's interface is called in the router. */
export function routerName({ number }: Pick<AttachmentRecord, 'number'>): string {
  return `pod${number}`;
}

/** What people read of an attachment's interface in the router. */
export function descriptionOf({ interface: name, pod, container }: AttachmentRecord): string {
  return `${name} of ${pod ? `${pod.namespace}/${pod.name}` : container.slice(0, 12)}`;
}

/** Whether it is a socket, for DPDK applications. */
export function hasSocket({ kind }: Pick<AttachmentRecord, 'kind'>): boolean {
  return kind === 'vhost-user' || kind === 'memif';
}

/** Names the ADD that has asked for an attachment. */
export function additionOf({ container, addedWith }: AttachmentRecord): AttachmentKey {
  return { container, interface: addedWith };
}

/** The id of the router's next hop to an address of an attachment, by the address's place. */
export function nextHopOf({ number }: Pick<AttachmentRecord, 'number'>, place = 0): number {
  return FIRST_NEXT_HOP + number * ADDRESSES_MOST + place;
}

/** Next hops from here on are attachments'; each has room for a few addresses. */
const FIRST_NEXT_HOP = 1 << 24;
export const ADDRESSES_MOST = 8;

/** Writes the two words of a key as one. */
export function keyText({ container, interface: name }: AttachmentKey): string {
  return `${container}/${name}`;
}
