import { type Problem, problem, resolveKey } from '../../kube/object.ts';
import type { NetworkCore } from './network-core.ts';

/** The networks each network reaches besides itself, by key. */
export interface Imports {
  readonly imports: ReadonlyMap<string, readonly string[]>;
  readonly problems: readonly Problem[];
}

/** Decides which imports are honoured; `clash` says why the addresses of two networks exclude each other. */
export function importsOf(
  cores: ReadonlyMap<string, NetworkCore>,
  clash: (one: string, other: string) => string | undefined,
): Imports {
  const imports = new Map<string, string[]>();
  const problems: Problem[] = [];
  for (const core of cores.values()) {
    if (core.object.spec.imports.length === 0) continue;
    const taken: string[] = [];
    for (const key of wantedBy(core)) {
      const reason = refusal({ core, key, other: cores.get(key), taken, clash });
      if (reason === undefined) taken.push(key);
      else problems.push(problem(core.object, reason));
    }
    imports.set(core.key, taken);
  }
  return { imports, problems };
}

interface Candidate {
  readonly core: NetworkCore;
  readonly key: string;
  readonly other: NetworkCore | undefined;
  readonly taken: readonly string[];
  readonly clash: (one: string, other: string) => string | undefined;
}

function refusal({ core, key, other, taken, clash }: Candidate): string | undefined {
  if (key === core.key) return 'expected other networks in imports, got the network itself';
  if (other === undefined)
    return `expected a VirtualNetwork in imports, got ${key}: there is none that works`;
  if (other.isLayer2) return `expected L3 networks in imports, got ${key}, which is L2`;
  if (!wantedBy(other).includes(core.key))
    return `expected ${key} to import ${core.key} too, it does not: answers would find no way back`;
  return [core.key, ...taken].map((mine) => clash(mine, key)).find((reason) => reason !== undefined);
}

function wantedBy({ object }: NetworkCore): readonly string[] {
  return object.spec.imports.map((text) => resolveKey(text, object));
}
