import { keyOf, type Problem, problem } from '../../kube/object.ts';
import { placeByName } from './place-by-name.ts';
import type { VirtualNetwork } from './virtual-network.ts';

/** The numbers of a network, the same on all nodes. */
export interface NetworkNumbers {
  readonly id: number;
  readonly vni: number;
  readonly label: number;
}

export interface Numbered {
  readonly numbers: ReadonlyMap<string, NetworkNumbers>;
  readonly problems: readonly Problem[];
}

// Below are numbers that people write themselves; above, an id would not fit into a label's 20 bits.
const firstId = 4096;
const lastId = 0xfffff;

/** Gives each network its id, and the VNI and label made of it or asked for. Who asks for what another has gets none. */
export function networkNumbers(networks: readonly VirtualNetwork[]): Numbered {
  const problems = [...clashes(networks, 'vni'), ...clashes(networks, 'label')];
  const refused = new Set(problems.map(({ object }) => object));
  const good = networks.filter((network) => !refused.has(`VirtualNetwork ${keyOf(network)}`));
  const asked = new Set(good.flatMap(({ spec }) => [spec.vni, spec.label]));
  const recorded = new Map(good.map((network) => [keyOf(network), network.status?.id]));
  const places = placeByName({
    names: recorded.keys(),
    recorded: (name) => recordedPlace(recorded.get(name)),
    isTaken: (place) => asked.has(place + firstId),
    places: lastId - firstId + 1,
  });
  const numbers = new Map(
    good.map((network) => [keyOf(network), numbersOf(network, (places.get(keyOf(network)) ?? 0) + firstId)]),
  );
  return { numbers, problems };
}

function recordedPlace(id: number | undefined): number | undefined {
  return id === undefined ? undefined : id - firstId;
}

function numbersOf({ spec }: VirtualNetwork, id: number): NetworkNumbers {
  return {
    id,
    vni: spec.vni === 'auto' ? id : spec.vni,
    label: spec.label === 'auto' ? id : spec.label,
  };
}

function clashes(networks: readonly VirtualNetwork[], name: 'vni' | 'label'): readonly Problem[] {
  const owners = new Map<number, VirtualNetwork>();
  return networks.flatMap((network) => {
    const number = network.spec[name];
    if (number === 'auto') return [];
    const owner = owners.get(number);
    if (owner === undefined) owners.set(number, network);
    return owner === undefined
      ? []
      : problem(network, `expected a ${name} of its own, got ${number}: ${keyOf(owner)} has it`);
  });
}
