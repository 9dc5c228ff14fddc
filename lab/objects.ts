/** An object of Millrace's as YAML, to stand in a row with others. */
export function object(kind: string, name: string, spec: string): string {
  return `apiVersion: millrace.dev/v1alpha1\nkind: ${kind}\nmetadata: { name: ${name} }\nspec: ${spec}\n---\n`;
}

/** Kubernetes' objects of nodes. */
export function nodes(...names: readonly string[]): string {
  return names.map((name) => `apiVersion: v1\nkind: Node\nmetadata: { name: ${name} }\n---\n`).join('');
}

/** A network with a subnet for each prefix, `NAME-4` and `NAME-6`. */
export function network(name: string, spec: string, ...prefixes: readonly string[]): string {
  const subnets = prefixes.map((prefix) =>
    object('Subnet', `${name}-${prefix.includes(':') ? 6 : 4}`, `{ network: ${name}, prefix: "${prefix}" }`),
  );
  return [object('VirtualNetwork', name, spec), ...subnets].join('');
}
