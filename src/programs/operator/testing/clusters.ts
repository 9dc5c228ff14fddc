import fc from 'fast-check';
import type { Attachment } from '../../../features/attachment/index.ts';
import type { VirtualNetwork } from '../../../features/network/index.ts';
import type { Node, VRouter } from '../../../features/node/index.ts';
import type { Objects } from '../../../features/plan/index.ts';
import type { Subnet } from '../../../features/subnet/index.ts';
import { type AnyObject, collectObjects } from '../collect-objects.ts';
import { readObject } from '../read-object.ts';

const apiVersion = 'millrace.dev/v1alpha1';

/** Makes a valid object of a few fields. */
export function objectOf<Kind extends AnyObject>(kind: Kind['kind'], name: string, spec: object): Kind {
  const version = kind === 'Node' ? 'v1' : apiVersion;
  const read = readObject({ apiVersion: version, kind, metadata: { name, namespace: 'red' }, spec });
  if (read.value === undefined) throw new Error(read.problems.join('; '));
  return read.value as Kind;
}

export const nodeOf = (name: string) => objectOf<Node>('Node', name, {});

const mostNodes = 6;
const nodeName = fc.nat(mostNodes - 1).map((number) => `n${number}`);

const nodes = fc.uniqueArray(nodeName, { minLength: 1 }).map((names) => names.map(nodeOf));

// One VRouter for all, with the address of every node there may be.
const vrouters = fc
  .subarray(['MPLSoUDP', 'MPLSoGRE', 'VXLAN'], { minLength: 1 })
  .map((encapsulations) => [objectOf<VRouter>('VRouter', 'all', { encapsulations, ports: [uplink()] })]);

function uplink(): object {
  const names = Array.from({ length: 40 }, (_, number) => `n${number}`);
  const addresses = names.map((name, number) => [name, { addresses: [`192.0.2.${number + 1}/24`] }]);
  return { name: 'up', device: 'net_null0', nodes: Object.fromEntries(addresses) };
}

const networkNames = ['one', 'two', 'a-network-with-a-long-name'];

const networks = fc
  .uniqueArray(
    fc.record({
      name: fc.constantFrom(...networkNames),
      nodes: fc.option(fc.array(nodeName), { nil: undefined }),
    }),
    { selector: ({ name }) => name },
  )
  .map((list) =>
    list.map(({ name, nodes }) =>
      objectOf<VirtualNetwork>('VirtualNetwork', name, { ...(nodes && { nodes }) }),
    ),
  );

const subnets = fc
  .uniqueArray(
    fc.record({
      network: fc.constantFrom(...networkNames),
      third: fc.nat(3),
      length: fc.integer({ min: 22, max: 28 }),
    }),
    { selector: ({ network, third }) => `${network} ${third}` },
  )
  .map((list) =>
    list.map(({ network, third, length }) =>
      objectOf<Subnet>('Subnet', `${network.slice(0, 5)}-${third}`, {
        network,
        prefix: `10.${third}.0.0/${length}`,
        blockLength: Math.min(30, length + 3),
      }),
    ),
  );

const attachment = fc
  .record({
    number: fc.nat(99),
    node: nodeName,
    network: fc.constantFrom(...networkNames),
    addresses: fc.array(
      fc.tuple(fc.nat(3), fc.nat(63)).map(([third, last]) => `10.${third}.0.${last}`),
      { maxLength: 2 },
    ),
  })
  .map(({ number, node, network, addresses }) =>
    objectOf<Attachment>('Attachment', `c${number}`, {
      node,
      containerId: `c${number}`,
      network: `red/${network}`,
      interface: 'eth0',
      kind: 'veth',
      addresses,
    }),
  );

const attachments = fc.uniqueArray(attachment, { selector: ({ metadata }) => metadata.name, maxLength: 20 });

/** Small clusters in which much collides. */
export const clusters: fc.Arbitrary<Objects> = fc.record({ nodes, vrouters, networks, subnets, attachments });

/** A change of a cluster. */
export type Step =
  | { readonly kind: 'add-node'; readonly node: string }
  | { readonly kind: 'remove'; readonly list: keyof Objects; readonly index: number }
  | { readonly kind: 'attach'; readonly attachment: Attachment };

export const stepsOf: fc.Arbitrary<Step> = fc.oneof(
  fc.integer({ min: mostNodes, max: 39 }).map((number): Step => ({ kind: 'add-node', node: `n${number}` })),
  fc.record({
    kind: fc.constant('remove' as const),
    list: fc.constantFrom('nodes', 'networks', 'subnets', 'attachments', 'vrouters'),
    index: fc.nat(20),
  }),
  attachment.map((attachment): Step => ({ kind: 'attach', attachment })),
);

/** Gives the cluster after a change. */
export function takeStep(objects: Objects, step: Step): Objects {
  const all: readonly AnyObject[] = Object.values(objects).flat();
  if (step.kind === 'remove')
    return { ...objects, [step.list]: objects[step.list].filter((_, at) => at !== step.index) };
  const added = step.kind === 'attach' ? step.attachment : nodeOf(step.node);
  const others = all.filter(
    ({ kind, metadata }) => kind !== added.kind || metadata.name !== added.metadata.name,
  );
  return collectObjects([...others, added]);
}
