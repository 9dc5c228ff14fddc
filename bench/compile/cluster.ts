import type { Attachment } from '../../src/features/attachment/index.ts';
import type { VirtualNetwork } from '../../src/features/network/index.ts';
import type { Node, VRouter } from '../../src/features/node/index.ts';
import type { Objects } from '../../src/features/plan/index.ts';
import type { Subnet } from '../../src/features/subnet/index.ts';
import { compile } from '../../src/programs/operator/compile.ts';
import { readObject } from '../../src/programs/operator/read-object.ts';

/** How large a cluster is. */
export interface Size {
  readonly nodes: number;
  readonly podsOfNode: number;
  /** Networks of tenants, besides one that all nodes have; each node has an equal share of them. */
  readonly tenants: number;
  readonly tenantsOfNode: number;
}

/**
 * Makes a cluster: every node has a link, one network that all have and some of tenants, in both families; every
 * pod is in one of them, with addresses of its node's blocks.
 */
export function makeCluster(size: Size): Objects {
  const numbers = Array.from({ length: size.nodes }, (_, number) => number);
  const networks = [
    networkOf(undefined),
    ...Array.from({ length: size.tenants }, (_, tenant) => networkOf(tenant)),
  ];
  const objects: Objects = {
    nodes: numbers.map((number) => nodeOf(number, size)),
    vrouters: [vrouterOf(numbers)],
    networks,
    subnets: networks.flatMap(({ metadata }) => subnetsOf(metadata.name)),
    attachments: [],
  };
  return { ...objects, attachments: attachmentsOf(objects, size) };
}

/** Names the node with a number. */
export function nodeName(number: number): string {
  return `node-${String(number).padStart(5, '0')}`;
}

function nodeOf(number: number, { tenants, tenantsOfNode }: Size): Node {
  const mine = Array.from({ length: tenantsOfNode }, (_, index) => (number + index * 17) % tenants);
  const labels = Object.fromEntries(mine.map((tenant) => [`tenant-${tenant}`, 'yes']));
  return made({ kind: 'Node', name: nodeName(number), labels });
}

function vrouterOf(numbers: readonly number[]): VRouter {
  const nodes = numbers.map((number) => [nodeName(number), { addresses: [`${underlay(number)}/8`] }]);
  const port = { name: 'up', device: '0000:01:00.0', mtu: 9000, nodes: Object.fromEntries(nodes) };
  return made({ kind: 'VRouter', name: 'all', spec: { ports: [port] } });
}

function underlay(number: number): string {
  return `10.${number >> 16}.${(number >> 8) & 0xff}.${number & 0xff}`;
}

function networkOf(tenant: number | undefined): VirtualNetwork {
  const nodeSelector = tenant === undefined ? {} : { nodeSelector: { [`tenant-${tenant}`]: 'yes' } };
  return made({
    kind: 'VirtualNetwork',
    name: tenant === undefined ? 'all' : `tenant-${tenant}`,
    spec: nodeSelector,
  });
}

// All tenants have the same addresses.
function subnetsOf(network: string): readonly Subnet[] {
  return [
    made<Subnet>({ kind: 'Subnet', name: `${network}-4`, spec: { network, prefix: '100.64.0.0/10' } }),
    made<Subnet>({ kind: 'Subnet', name: `${network}-6`, spec: { network, prefix: 'fd00::/104' } }),
  ];
}

/** The first compile says who has which block; pods take the addresses in it from the tenth on. */
function attachmentsOf(objects: Objects, { podsOfNode }: Size): readonly Attachment[] {
  const { plans } = compile(objects);
  return [...plans.values()].flatMap(({ node, networks, subnets }) =>
    Array.from({ length: podsOfNode }, (_, pod) => {
      const network = networks[pod % networks.length]?.name ?? '';
      const blocks = subnets
        .filter((subnet) => subnet.network === network)
        .flatMap((subnet) => subnet.blocks);
      return podOf({ node, pod, network, blocks });
    }),
  );
}

/** Makes the attachment of a pod. */
export function podOf({ node, pod, network, blocks }: Pod): Attachment {
  const name = `${node}-${pod}`;
  const addresses = blocks.map((block) => inBlock(block, pod));
  const spec = { node, containerId: name, network, interface: 'eth0', kind: 'veth' as const, addresses };
  return {
    apiVersion: 'millrace.dev/v1alpha1',
    kind: 'Attachment',
    metadata: { name, namespace: 'default' },
    spec,
  };
}

interface Pod {
  readonly node: string;
  readonly pod: number;
  readonly network: string;
  readonly blocks: readonly string[];
}

function inBlock(block: string, pod: number): string {
  const [base = ''] = block.split('/');
  const digits = base.includes(':') ? 16 : 10;
  const [, front = '', last = '0'] = /^(.*[.:])([0-9a-f]*)$/.exec(base) ?? [];
  return `${front}${(Number.parseInt(last || '0', digits) + 10 + pod).toString(digits)}`;
}

interface Making {
  readonly kind: string;
  readonly name: string;
  readonly labels?: object;
  readonly spec?: object;
}

function made<Kind>({ kind, name, labels, spec = {} }: Making): Kind {
  const apiVersion = kind === 'Node' ? 'v1' : 'millrace.dev/v1alpha1';
  const read = readObject({ apiVersion, kind, metadata: { name, ...(labels && { labels }) }, spec });
  if (read.value === undefined) throw new Error(read.problems.join('; '));
  return read.value as Kind;
}
