import { type Attachment, type PodRequest, readPodRequests } from '../attachment/index.ts';
import type { AttachmentKey, LinkKind, PodName } from '../pod/index.ts';
import { podOf, readArguments } from './arguments.ts';
import { type CniCall, keyOf } from './call.ts';
import { CniError } from './cni-error.ts';
import { POD_ANNOTATIONS } from './configuration.ts';

/** An interface that a container shall have. */
export interface Wish {
  readonly interface: string;
  readonly network: string;
  readonly kind: LinkKind;
  /** Addresses asked for, with or without length. */
  readonly addresses: readonly string[];
  readonly mac: string | undefined;
  readonly socketOwner: 'pod' | 'router' | undefined;
}

/**
 * The interfaces that one ADD asks for: its own, those of the pod's annotations, and those of the attachments that the
 * plan has for the pod. Of an interface that several speak of, the plan's word counts, then the annotation's.
 *
 * @throws CniError
 */
export function wishesOf(call: CniCall, planned: readonly Attachment[]): readonly Wish[] {
  const key = keyOf(call.message);
  const pod = podOf(readArguments(call.message.environment['CNI_ARGS']));
  const all = [
    ownWish(call, key),
    ...annotatedWishes(call, key, pod),
    ...plannedWishes(planned, key.container, pod),
  ];
  return [...new Map(all.map((wish) => [wish.interface, wish])).values()];
}

function ownWish({ message, configuration }: CniCall, key: AttachmentKey): Wish {
  const args = readArguments(message.environment['CNI_ARGS']);
  const { runtimeConfig, args: { cni } = {} } = configuration;
  return {
    interface: key.interface,
    network: configuration.network ?? configuration.name,
    kind: configuration.kind ?? 'veth',
    addresses: runtimeConfig?.ips ?? cni?.ips ?? args['IP']?.split(',') ?? [],
    mac: runtimeConfig?.mac ?? cni?.mac ?? args['MAC'],
    socketOwner: configuration.socketOwner,
  };
}

/** In a pod's list the interface without a name at place N is netN. */
function annotatedWishes(
  { configuration }: CniCall,
  key: AttachmentKey,
  pod: PodName | undefined,
): readonly Wish[] {
  const annotations = configuration.runtimeConfig?.[POD_ANNOTATIONS] ?? {};
  const first = requestsOf(annotations, FIRST).map((request) => ({ ...request, interface: key.interface }));
  if (first.length > 1) throw unexpected(FIRST, 'one network', `${first.length}`);
  const others = requestsOf(annotations, OTHERS).map((request, index) => ({
    ...request,
    interface: request.interface ?? `net${index + 1}`,
  }));
  const names = [key.interface, ...others.map((request) => request.interface)];
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw unexpected(OTHERS, 'a name of its own for each interface', `${twice} twice`);
  return [...first, ...others].map((request) => wishOf(request, pod));
}

/** The annotations of the Network Plumbing Working Group: a pod's networks, and the one in place of the cluster's own. */
const OTHERS = 'k8s.v1.cni.cncf.io/networks';
const FIRST = 'v1.multus-cni.io/default-network';

function requestsOf(annotations: Readonly<Record<string, string>>, name: string): readonly PodRequest[] {
  const { value, problems } = readPodRequests(annotations[name]);
  if (value !== undefined) return value;
  const details = problems.join('; ');
  throw new CniError('invalidConfiguration', `the annotation ${name} is not as expected`, details);
}

function unexpected(annotation: string, expected: string, received: string): CniError {
  const details = `expected ${expected}, got ${received}`;
  return new CniError('invalidConfiguration', `the annotation ${annotation} is not as expected`, details);
}

function wishOf(request: PodRequest & { readonly interface: string }, pod: PodName | undefined): Wish {
  const { kind, socketOwner } = request['cni-args'];
  return {
    interface: request.interface,
    network: `${request.namespace ?? pod?.namespace ?? 'default'}/${request.name}`,
    kind,
    addresses: request.ips,
    mac: request.mac,
    socketOwner,
  };
}

/** Those of the pod that no other container of its name has. */
function plannedWishes(
  planned: readonly Attachment[],
  container: string,
  pod: PodName | undefined,
): readonly Wish[] {
  const own = planned.filter(({ spec }) =>
    spec.containerId === undefined ? isSame(spec.pod, pod) : spec.containerId === container,
  );
  return own.map(({ spec }) => ({ ...spec, mac: spec.mac, socketOwner: spec.socketOwner }));
}

function isSame(planned: Attachment['spec']['pod'], pod: PodName | undefined): boolean {
  if (planned === undefined || pod === undefined) return false;
  const { namespace, name, uid } = planned;
  return namespace === pod.namespace && name === pod.name && (uid ?? pod.uid) === pod.uid;
}
