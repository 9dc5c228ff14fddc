import type { LinkKind } from '../../src/features/pod/index.ts';

/** An interface that a pod asks for in its annotations. */
export interface PodInterface {
  /** NAMESPACE/NAME */
  readonly network: string;
  readonly kind?: LinkKind;
  readonly socketOwner?: 'pod' | 'router';
  readonly name?: string;
  readonly addresses?: readonly string[];
  readonly mac?: string;
}

/** What a pod is annotated with, as the Network Plumbing Working Group has it. */
export function annotationsOf({
  first,
  others = [],
}: {
  readonly first?: PodInterface;
  readonly others?: readonly PodInterface[];
}): Readonly<Record<string, string>> {
  return {
    ...(first ? { 'v1.multus-cni.io/default-network': JSON.stringify([requestOf(first)]) } : {}),
    ...(others.length > 0 ? { 'k8s.v1.cni.cncf.io/networks': JSON.stringify(others.map(requestOf)) } : {}),
  };
}

function requestOf({ network, kind, socketOwner, name, addresses, mac }: PodInterface) {
  const [namespace, short] = network.split('/');
  const own = { kind, socketOwner };
  return { name: short, namespace, interface: name, ips: addresses, mac, 'cni-args': own };
}
