import { readFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import Type, { type Static } from 'typebox';
import { parse } from 'yaml';
import type { Immutable } from '../../src/kube/object.ts';
import { validate } from '../../src/kube/validate.ts';
import { LabError } from '../lab-error.ts';

const name = Type.String({ pattern: '^[a-z][a-z0-9-]*$', examples: ['worker-1'] });
const podName = Type.String({ pattern: '^[a-z][a-z0-9-]*/[a-z][a-z0-9-]*$', examples: ['red/web'] });
const device = Type.String({ pattern: '^[a-z][a-z0-9]{0,14}$', examples: ['eth1'] });
const addresses = Type.Array(Type.String(), { minItems: 1, description: 'ADDRESS/LENGTH' });
const strict = { additionalProperties: false };

const link = Type.Object(
  { node: name, device, addresses },
  { ...strict, description: "A node's link to the underlay: its device there, and our addresses here." },
);

const outside = Type.Object(
  { addresses, gateways: addresses },
  {
    ...strict,
    description: 'A host behind the underlay: its addresses, and those of the underlay on its link.',
  },
);

const podInterface = Type.Object(
  {
    name: device,
    network: Type.String({ description: 'The VirtualNetwork, as NAMESPACE/NAME.' }),
    kind: Type.Enum(['veth', 'tap', 'vhost-user', 'memif'], { default: 'veth' }),
  },
  strict,
);

const pod = Type.Object(
  {
    name: podName,
    node: name,
    interfaces: Type.Array(podInterface, { minItems: 1 }),
    testpmd: Type.Optional(
      Type.Enum(['5tswap', 'icmpecho', 'macswap', 'io'], {
        description: 'Runs testpmd on its vhost-user and memif interfaces, which does this with packets.',
      }),
    ),
    dpdk: Type.Optional(
      Type.Enum(['24.11', '25.11'], {
        description:
          "The version of DPDK that testpmd is of, from Debian's packages; this machine's when absent.",
      }),
    ),
  },
  strict,
);

const topologySchema = Type.Object(
  {
    objects: Type.String({ description: 'The directory of objects, from here.' }),
    runtime: Type.Enum(['containerd', 'namespaces'], {
      default: 'containerd',
      description: 'What pods are: containers of a containerd on each node, or bare network namespaces.',
    }),
    buffers: Type.Integer({ minimum: 1024, default: 32767, description: 'Packet buffers of each router.' }),
    underlay: Type.Array(link, { minItems: 1 }),
    outside: Type.Optional(outside),
    pods: Type.Array(pod, { default: [] }),
  },
  strict,
);

export type UnderlayLink = Immutable<Static<typeof link>>;
export type Outside = Immutable<Static<typeof outside>>;
export type PlannedPod = Immutable<Static<typeof pod>>;
export type PodInterface = Immutable<Static<typeof podInterface>>;

/** Nodes, the underlay between them, and pods: what a lab is built from. */
export type Topology = Immutable<Static<typeof topologySchema>> & { readonly name: string };

/** Reads a topology; its name is that of the file. @throws LabError with all that is wrong with it */
export function readTopology(file: string): Topology {
  const { value, problems } = validate(topologySchema, readDocument(file));
  if (problems !== undefined) throw new LabError('LAB_TOPOLOGY', `${file}: ${problems.join('; ')}`);
  checkPods(file, value);
  return { ...value, name: nameOf(file), objects: resolve(dirname(file), value.objects) };
}

function readDocument(file: string): unknown {
  try {
    return parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    const received = cause instanceof Error ? cause.message : String(cause);
    throw new LabError('LAB_TOPOLOGY', `expected a topology in YAML in ${file}, got: ${received}`, { cause });
  }
}

function nameOf(file: string): string {
  return basename(file).replace(/\.ya?ml$/, '');
}

function checkPods(file: string, { underlay, pods }: Pick<Topology, 'underlay' | 'pods'>): void {
  const nodes = underlay.map(({ node }) => node);
  const stranger = pods.find(({ node }) => !nodes.includes(node));
  if (stranger !== undefined)
    throw new LabError(
      'LAB_TOPOLOGY',
      `${file}: ${stranger.name}: expected a node of ${nodes.join(', ')}, got ${stranger.node}`,
    );
  const other = pods.find(({ interfaces }) => interfaces[0]?.name !== 'eth0');
  if (other !== undefined) {
    const received = other.interfaces[0]?.name;
    throw new LabError(
      'LAB_TOPOLOGY',
      `${file}: ${other.name}: expected eth0 as its first interface, got ${received}`,
    );
  }
  const versioned = pods.find(({ dpdk, testpmd }) => dpdk !== undefined && testpmd === undefined);
  if (versioned !== undefined)
    throw new LabError('LAB_TOPOLOGY', `${file}: ${versioned.name}: expected testpmd with dpdk, got none`);
  const names = pods.map((each) => each.name);
  const twice = names.find((each, index) => names.indexOf(each) !== index);
  if (twice !== undefined)
    throw new LabError('LAB_TOPOLOGY', `${file}: expected ${twice} once, got it again`);
}
