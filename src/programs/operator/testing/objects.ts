import { type Objects, planText } from '../../../features/plan/index.ts';
import { readYaml } from '../../../kube/read-yaml.ts';
import { collectObjects } from '../collect-objects.ts';
import { compile } from '../compile.ts';
import { readObject } from '../read-object.ts';

/** Reads YAML documents into valid objects; kind and metadata may be one word: `Node: a`, `Subnet: red/s`. */
export function objectsOf(text: string): Objects {
  const objects = readYaml(text).map(({ value, reason }) => {
    if (reason !== undefined) throw new Error(reason);
    const read = readObject(unfold(value as Record<string, unknown>));
    if (read.value === undefined) throw new Error(`${read.problems.join('; ')} in ${JSON.stringify(value)}`);
    return read.value;
  });
  return collectObjects(objects);
}

const ours = 'millrace.dev/v1alpha1';

/** { Subnet: 'red/s', prefix: … } → a whole Subnet */
function unfold(short: Record<string, unknown>): unknown {
  if ('apiVersion' in short) return short;
  const [[kind, key] = ['', ''], ...fields] = Object.entries(short);
  const [name, namespace = 'default'] = String(key).split('/').reverse();
  const { labels, status, ...spec } = Object.fromEntries(fields);
  const metadata = { name, namespace, ...(labels ? { labels } : {}) };
  const apiVersion = kind === 'Node' ? 'v1' : ours;
  return { apiVersion, kind, metadata, spec, ...(status ? { status } : {}) };
}

/** Writes the plan of a node from objects in YAML. */
export function planOf(text: string, node = 'a'): string {
  const plan = compile(objectsOf(text)).plans.get(node);
  return plan === undefined ? '' : planText(plan);
}

/** Gives the lines of a node's plan that a pattern matches, without the blanks before them. */
export function planLines(text: string, pattern: RegExp, node = 'a'): readonly string[] {
  const lines = planOf(text, node).split('\n');
  return lines.map((line) => line.trim()).filter((line) => pattern.test(line));
}

/** Gives what could not be honoured: "KIND NAMESPACE/NAME: why". */
export function failuresOf(text: string): readonly string[] {
  const failures = [...compile(objectsOf(text)).failures];
  return failures.flatMap(([object, reasons]) => reasons.map((reason) => `${object}: ${reason}`));
}

/** Two nodes with a link each, and a network on both with a block for each. */
export const twoNodes = `
Node: a
status: { capacity: { cpu: 4 } }
---
Node: b
labels: { place: far }
---
VRouter: fabric
agent: { dpdk: { cpuCoreMask: "0x2", serviceCoreMask: "0", dpdkCommandAdditionalArgs: "--no-huge -m 512" } }
ports:
  - name: up
    device: net_af_packet0,iface=eth1
    nodes:
      a: { addresses: [192.0.2.1/24], gateways: [192.0.2.254] }
      b: { addresses: [192.0.2.2/24] }
---
VirtualNetwork: red/blue
label: 100
vni: 200
---
Subnet: red/pods
network: blue
prefix: 10.0.0.0/16
status: { blocks: { a: [10.0.1.0/26], b: [10.0.2.0/26] } }
---
`;
