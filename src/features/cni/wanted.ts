import type { AttachmentKey, PodName, PodNetwork, WantedAttachment } from '../pod/index.ts';
import { readArguments, variable } from './arguments.ts';
import { CniError } from './cni-error.ts';
import type { Configuration } from './configuration.ts';
import type { CniMessage } from './message.ts';

/** The attachment that a call is about. @throws CniError invalidEnvironment */
export function keyOf({ environment }: CniMessage): AttachmentKey {
  return {
    container: variable(environment, 'CNI_CONTAINERID', /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/),
    interface: variable(environment, 'CNI_IFNAME', /^(?!\.{1,2}$)[^\s/:"'#\\]{1,15}$/),
  };
}

/** The attachment that an ADD asks for. @throws CniError invalidEnvironment, PodError invalid */
export function wantedOf(
  message: CniMessage,
  configuration: Configuration,
  network: PodNetwork,
): WantedAttachment {
  const { environment } = message;
  const key = keyOf(message);
  const args = readArguments(environment['CNI_ARGS']);
  const { runtimeConfig, args: { cni } = {} } = configuration;
  const asked = runtimeConfig?.ips ?? cni?.ips ?? args['IP']?.split(',') ?? [];
  return {
    ...key,
    network: network.name,
    configuration: configuration.name,
    kind: configuration.kind ?? 'veth',
    netns: variable(environment, 'CNI_NETNS', /^\/[^\s"'#\\]+$/),
    addresses: asked.map((text) => text.replace(/\/.*$/, '')),
    mac: runtimeConfig?.mac ?? cni?.mac ?? args['MAC'],
    mtu: Math.min(configuration.mtu ?? network.mtu, network.mtu),
    isDefault: configuration.defaultRoute ?? key.interface === 'eth0',
    socketOwner: socketOwnerOf(configuration),
    pod: podOf(args),
  };
}

/** A client of memif does not wait for its server, and the container is not there yet. */
function socketOwnerOf({ kind, socketOwner }: Configuration): 'pod' | 'router' {
  if (kind !== 'memif') return socketOwner ?? 'pod';
  if (socketOwner !== 'pod') return 'router';
  const details = 'expected socketOwner router for memif, got pod';
  throw new CniError('invalidConfiguration', 'the router has to make the socket of a memif', details);
}

function podOf(args: Readonly<Record<string, string>>): PodName | undefined {
  const { K8S_POD_NAMESPACE: namespace, K8S_POD_NAME: name, K8S_POD_UID: uid = '' } = args;
  return namespace && name ? { namespace, name, uid } : undefined;
}
