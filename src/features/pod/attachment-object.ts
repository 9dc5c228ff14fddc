import type { Attachment } from '../attachment/index.ts';
import { type AttachmentRecord, hasSocket, nextHopOf, routerName } from './attachment-record.ts';

/** What of an attachment's object is not in its record. */
export interface AttachmentPlace {
  readonly node: string;
  readonly socketPath: string | undefined;
  readonly label: number | undefined;
  readonly numaNode: number | undefined;
}

/** Writes the record of an attachment as the object that everybody reads. */
export function attachmentObject(record: AttachmentRecord, place: AttachmentPlace): Attachment {
  return {
    apiVersion: 'millrace.dev/v1alpha1',
    kind: 'Attachment',
    metadata: { name: objectName(record), namespace: record.pod?.namespace ?? 'default' },
    spec: specOf(record, place.node),
    status: statusOf(record, place),
  };
}

function specOf(record: AttachmentRecord, node: string): Attachment['spec'] {
  const { container: containerId, pod, network, interface: name, kind, socketOwner } = record;
  const who = { node, containerId, ...(pod === undefined ? {} : { pod }) };
  return {
    ...who,
    network,
    interface: name,
    kind,
    ...(hasSocket(record) ? { socketOwner } : {}),
    addresses: [],
  };
}

function statusOf(record: AttachmentRecord, place: AttachmentPlace): NonNullable<Attachment['status']> {
  const { state, since, reason, addresses, mac, mtu, netns, vrf } = record;
  const { socketPath, label, numaNode } = place;
  return {
    state,
    since,
    ...(reason === undefined ? {} : { reason }),
    addresses: addresses.map(({ address, length }) => `${address}/${length}`),
    gateways: [...new Set(addresses.map(({ gateway }) => gateway))],
    mac,
    mtu,
    netns,
    port: routerName(record),
    ...(socketPath === undefined ? {} : { socketPath }),
    ...(numaNode === undefined ? {} : { numaNode }),
    vrf,
    nextHop: nextHopOf(record),
    ...(label === undefined ? {} : { label }),
  };
}

/** A name that is one of a kind on the node, and says whose it is. */
function objectName({ pod, container, interface: name, number }: AttachmentRecord): string {
  const whose = `${pod?.name ?? container}-${name}`.toLowerCase().replace(/[^a-z0-9.-]/g, '-');
  return `${whose.slice(0, 240).replace(/^[^a-z0-9]+/, '')}-${number}`;
}
