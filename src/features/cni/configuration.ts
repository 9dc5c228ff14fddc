import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { linkKinds } from '../pod/index.ts';
import { CniError } from './cni-error.ts';
import { supportedVersions } from './versions.ts';

/** The capability by which containerd tells the annotations of a pod, and the key that they come by. */
export const POD_ANNOTATIONS = 'io.kubernetes.cri.pod-annotations';

/** containerd says null for none. */
const annotations = Type.Optional(Type.Union([Type.Record(Type.String(), Type.String()), Type.Null()]));

const addressing = {
  ips: Type.Optional(
    Type.Array(Type.String(), { description: 'Addresses asked for, with or without length.' }),
  ),
  mac: Type.Optional(Type.String({ description: 'The Ethernet address asked for.' })),
};

const deviceInfoFile = Type.Optional(
  Type.String({ pattern: '^/', description: 'Where to write what kind of device the interface is.' }),
);

/** The network configuration that the runtime gives; nothing in it is accepted and ignored. */
export const configurationSchema = Type.Object(
  {
    cniVersion: Type.Optional(Type.String()),
    cniVersions: Type.Optional(Type.Array(Type.String())),
    name: Type.String({ minLength: 1 }),
    type: Type.Optional(Type.String()),
    agentSocket: Type.Optional(Type.String({ description: 'Where the agent listens.' })),
    network: Type.Optional(
      Type.String({ description: 'The VirtualNetwork, as NAMESPACE/NAME; "name" where it is absent.' }),
    ),
    kind: Type.Optional(Type.Enum([...linkKinds])),
    mtu: Type.Optional(
      Type.Integer({ minimum: 1280, maximum: 65534, description: "At most the network's." }),
    ),
    socketOwner: Type.Optional(
      Type.Enum(['pod', 'router'], {
        description: 'Who makes the socket of vhost-user or memif, and listens.',
      }),
    ),
    defaultRoute: Type.Optional(
      Type.Boolean({
        description: 'Whether the default routes lead through it: by default those of eth0 do.',
      }),
    ),
    dns: Type.Optional(Type.Object({})),
    capabilities: Type.Optional(Type.Record(Type.String(), Type.Boolean())),
    runtimeConfig: Type.Optional(
      Type.Object(
        { ...addressing, [POD_ANNOTATIONS]: annotations, CNIDeviceInfoFile: deviceInfoFile },
        { additionalProperties: false },
      ),
    ),
    args: Type.Optional(Type.Object({ cni: Type.Optional(Type.Object(addressing)) })),
    prevResult: Type.Optional(Type.Unknown()),
    disableCheck: Type.Optional(Type.Boolean()),
    disableGC: Type.Optional(Type.Boolean()),
    'cni.dev/valid-attachments': Type.Optional(
      Type.Array(Type.Object({ containerID: Type.String(), ifname: Type.String() })),
    ),
  },
  { additionalProperties: false },
);

export type Configuration = Static<typeof configurationSchema>;

const check = Compile(configurationSchema);

/** Reads a configuration. @throws CniError incompatibleVersion, unsupportedField, undecodable, invalidConfiguration */
export function readConfiguration(text: string): Configuration {
  const value = parse(text);
  if (!check.Check(value)) throw problemOf(value);
  const { cniVersion = OLDEST } = value;
  if (supportedVersions.includes(cniVersion)) return value;
  const details = `expected one of ${supportedVersions.join(', ')}, got ${JSON.stringify(cniVersion)}`;
  throw new CniError('incompatibleVersion', 'the CNI version is not supported', details);
}

/** Reads only the version, from whatever it is. */
export function versionOf(text: string): string {
  const version = /"cniVersion"\s*:\s*"([0-9.]{1,20})"/.exec(text)?.[1];
  return version ?? OLDEST;
}

/** What a configuration without a version is, as the specification has it. */
const OLDEST = '0.1.0';

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const received = error instanceof Error ? error.message : String(error);
    throw new CniError('undecodable', 'the configuration is no JSON', `expected JSON, got: ${received}`);
  }
}

function problemOf(value: unknown): CniError {
  const known = new Set(Object.keys(configurationSchema.properties));
  const strangers = Object.keys(Object(value)).filter((key) => !known.has(key));
  if (strangers.length > 0) {
    const details = `expected only ${[...known].join(', ')}, got ${strangers.join(', ')}`;
    return new CniError('unsupportedField', 'the configuration has a field that means nothing here', details);
  }
  const [first] = check.Errors(value);
  const details = `${first?.instancePath || 'the whole'}: ${first?.message ?? 'not as expected'}`;
  return new CniError('invalidConfiguration', 'the configuration is not as expected', details);
}
