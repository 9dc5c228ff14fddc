import type { NetworkCore, VirtualNetwork } from '../../features/network/index.ts';
import { externalsOf, importsOf, networkCore, networkNumbers } from '../../features/network/operator.ts';
import type { Objects } from '../../features/plan/index.ts';
import type { Subnet, SubnetFacts } from '../../features/subnet/index.ts';
import { clashOf, type NetworkSubnets, networkSubnets, subnetFacts } from '../../features/subnet/operator.ts';
import { keyOf, type Problem, problem } from '../../kube/object.ts';
import { type Attempt, attempt } from './attempt.ts';
import { Lists, Memo } from './memo.ts';

/** Networks and their subnets, wherever they are. */
export interface CompiledNetworks {
  readonly cores: ReadonlyMap<string, NetworkCore>;
  readonly subnets: ReadonlyMap<string, readonly SubnetFacts[]>;
  readonly imports: ReadonlyMap<string, readonly string[]>;
  /** Those that the outside world is routed to. */
  readonly externals: ReadonlySet<string>;
  readonly problems: readonly Problem[];
}

/** Reads networks and subnets, and decides what they have to do with each other. */
export class NetworkCompiler {
  readonly #numbers = new Memo<ReturnType<typeof networkNumbers>>();
  readonly #cores = new Memo<Attempt<NetworkCore>>();
  readonly #facts = new Memo<Attempt<SubnetFacts>>();
  readonly #subnets = new Memo<NetworkSubnets>();
  readonly #imports = new Lists<string>();
  readonly #compiled = new Memo<CompiledNetworks>();

  compile({ networks, subnets }: Objects): CompiledNetworks {
    const inputs = [networks.length, ...networks, ...subnets];
    return this.#compiled.get('', inputs, () => this.#compile(networks, subnets));
  }

  #compile(networks: readonly VirtualNetwork[], subnets: readonly Subnet[]): CompiledNetworks {
    const problems: Problem[] = [];
    const cores = this.#readNetworks(networks, problems);
    const byNetwork = this.#readSubnets(subnets, cores, problems);
    const clash = (one: string, other: string) =>
      clashOf(byNetwork.get(one) ?? [], byNetwork.get(other) ?? []);
    const imports = importsOf(cores, clash);
    const externals = externalsOf(cores, clash);
    problems.push(...imports.problems, ...externals.problems);
    const stable = [...imports.imports].map(([key, list]) => [key, this.#imports.same(key, list)] as const);
    return { cores, subnets: byNetwork, imports: new Map(stable), externals: externals.externals, problems };
  }

  #readNetworks(networks: readonly VirtualNetwork[], problems: Problem[]): ReadonlyMap<string, NetworkCore> {
    const numbered = this.#numbers.get('', networks, () => networkNumbers(networks));
    problems.push(...numbered.problems);
    const cores = new Map<string, NetworkCore>();
    for (const network of networks) {
      const numbers = numbered.numbers.get(keyOf(network));
      if (numbers === undefined) continue;
      const { id, vni, label } = numbers;
      const made = this.#cores.get(keyOf(network), [network.spec, id, vni, label], () =>
        attempt(() => networkCore(network, numbers)),
      );
      if (made.value !== undefined) cores.set(made.value.key, made.value);
      else problems.push(problem(network, made.reason));
    }
    this.#cores.keep(numbered.numbers);
    return cores;
  }

  #readSubnets(
    subnets: readonly Subnet[],
    cores: ReadonlyMap<string, NetworkCore>,
    problems: Problem[],
  ): ReadonlyMap<string, readonly SubnetFacts[]> {
    const facts = subnets.flatMap((subnet) => this.#readSubnet(subnet, cores, problems));
    this.#facts.keep(new Set(subnets.map(keyOf)));
    const grouped = Map.groupBy(facts, ({ network }) => network);
    const accepted = new Map<string, readonly SubnetFacts[]>();
    for (const [key, candidates] of grouped) {
      const core = cores.get(key);
      if (core === undefined) continue;
      const taken = this.#subnets.get(key, [core, ...candidates], () =>
        networkSubnets(core.object, candidates),
      );
      accepted.set(key, taken.subnets);
      problems.push(...taken.problems);
    }
    this.#subnets.keep(grouped);
    return accepted;
  }

  #readSubnet(
    subnet: Subnet,
    cores: ReadonlyMap<string, NetworkCore>,
    problems: Problem[],
  ): readonly SubnetFacts[] {
    const made = this.#facts.get(keyOf(subnet), [subnet], () => attempt(() => subnetFacts(subnet)));
    if (made.value === undefined) {
      problems.push(problem(subnet, made.reason));
      return [];
    }
    if (cores.has(made.value.network)) return [made.value];
    problems.push(
      problem(subnet, `expected a VirtualNetwork ${made.value.network}: there is none that works`),
    );
    return [];
  }
}
