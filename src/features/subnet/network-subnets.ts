import { type Problem, problem } from '../../kube/object.ts';
import type { VirtualNetwork } from '../network/index.ts';
import { clashOf, type SubnetFacts } from './subnet-facts.ts';

/** The subnets of a network that work together, and why the others do not. */
export interface NetworkSubnets {
  readonly subnets: readonly SubnetFacts[];
  readonly problems: readonly Problem[];
}

/** Takes those subnets of a network that have its family and overlap none before them. */
export function networkSubnets(network: VirtualNetwork, candidates: readonly SubnetFacts[]): NetworkSubnets {
  const subnets: SubnetFacts[] = [];
  const problems: Problem[] = [];
  const { ipFamily } = network.spec;
  for (const candidate of candidates) {
    const { family, text } = candidate.range;
    const reason =
      ipFamily !== 'dual' && ipFamily !== family
        ? `expected a prefix of ${ipFamily}, the family of its network, got ${text}`
        : clashOf([candidate], subnets);
    if (reason === undefined) subnets.push(candidate);
    else problems.push(problem(candidate.object, reason));
  }
  return { subnets, problems };
}
