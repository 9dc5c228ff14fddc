import type { Ground } from './ground.ts';

/** Where an interface's record has the node that comes first each way, and those behind each place (datapath/interface.ts). */
const fields = { input: { first: 10, after: 72 }, output: { first: 12, after: 80 } } as const;
const RECORD_BYTES = 128;

/** A stage that looks at all that an interface receives or sends. */
export interface Step {
  readonly way: keyof typeof fields;
  readonly place: number;
  readonly stage: string;
}

/** Lets a stage look at what an interface receives or sends, among those that do already. */
export function addStep({ topology }: Ground, id: number, { way, place, stage }: Step): void {
  const { view } = topology.bench;
  const record = topology.bench.region('INTERFACES') + id * RECORD_BYTES;
  const node = topology.bench.node(stage);
  const { first, after } = fields[way];
  const behind = view.getUint16(record + after + 2 * place, true);
  const places = [first, ...Array.from({ length: place }, (_, before) => after + 2 * before)];
  for (const at of places)
    if (view.getUint16(record + at, true) === behind) view.setUint16(record + at, node, true);
}
