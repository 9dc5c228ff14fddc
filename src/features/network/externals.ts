import { type Problem, problem } from '../../kube/object.ts';
import type { NetworkCore } from './network-core.ts';

/** The networks that the outside world is routed to. */
export interface Externals {
  readonly externals: ReadonlySet<string>;
  readonly problems: readonly Problem[];
}

/** Takes those networks that ask for it and whose addresses no other of them has: outside, there are no tenants. */
export function externalsOf(
  cores: ReadonlyMap<string, NetworkCore>,
  clash: (one: string, other: string) => string | undefined,
): Externals {
  const externals = new Set<string>();
  const problems: Problem[] = [];
  for (const { key, object } of cores.values()) {
    if (!object.spec.external) continue;
    const reason = [...externals].map((other) => clash(other, key)).find((each) => each !== undefined);
    if (reason === undefined) externals.add(key);
    else problems.push(problem(object, `external: ${reason}`));
  }
  return { externals, problems };
}
