import type { Namespace } from '../namespace.ts';

/** The addresses that answer on the way to a destination, one a hop; `*` for a hop that is silent. */
export async function hopsTo(host: Namespace, destination: string): Promise<readonly string[]> {
  const output = await host.run(`traceroute -n -q 1 -w 1 ${destination}`);
  return [...output.matchAll(/^ *\d+ {2}(\S+)/gm)].map(([, address]) => address ?? '*');
}
