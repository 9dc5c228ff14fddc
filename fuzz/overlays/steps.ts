import { INTERFACE_RECORD_BYTES } from '../../src/features/interface/layout.ts';
import type { Ground } from './ground.ts';

/** Where an interface's record has the node that comes first each way, and the rest of it those behind each place. */
const fields = { input: { first: 10, after: 32 }, output: { first: 12, after: 40 } } as const;
const REST_BYTES = 64;

/** A stage that looks at all that an interface receives or sends. */
export interface Step {
  readonly way: keyof typeof fields;
  readonly place: number;
  readonly stage: string;
}

/** Lets a stage look at what an interface receives or sends, among those that do already. */
export function addStep({ topology }: Ground, id: number, { way, place, stage }: Step): void {
  const { view } = topology.bench;
  const record = topology.bench.region('INTERFACES') + id * INTERFACE_RECORD_BYTES;
  const rest = topology.bench.region('INTERFACE_RESTS') + id * REST_BYTES;
  const node = topology.bench.node(stage);
  const { first, after } = fields[way];
  const behind = view.getUint16(rest + after + 2 * place, true);
  const places = Array.from({ length: place }, (_, before) => rest + after + 2 * before);
  for (const at of [record + first, ...places])
    if (view.getUint16(at, true) === behind) view.setUint16(at, node, true);
}
