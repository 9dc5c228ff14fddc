import type { Piece, Pieces } from './pieces.ts';

/** The lines of ctl that make a router what it shall be: nothing that is right already is touched. */
export interface Changes {
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

/** Compares what a router shall have with the names of what it has. */
export function changesBetween({ list }: Pieces, present: ReadonlySet<string>): Changes {
  const wanted = new Set(list.map(({ key }) => key));
  const places = new Set(list.map(({ key }) => placeOf(key)));
  const gone = [...present].filter((key) => !wanted.has(key));
  // What is put in another's place replaces it.
  const removed = gone.filter((key) => !places.has(placeOf(key))).sort((a, b) => rank(a) - rank(b));
  return {
    add: list.filter(({ key }) => !present.has(key)).flatMap(({ add }: Piece) => add),
    remove: removed.flatMap(removalOf),
  };
}

/** Writes changes for people. */
export function changesText({ add, remove }: Changes): string {
  return [...add.map((line) => `+ ${line}\n`), ...remove.map((line) => `- ${line}\n`)].join('');
}

/** Routes and labels have one place each, whatever they lead to. */
function placeOf(key: string): string {
  const [kind, first, second] = key.split(' ');
  if (kind === 'route') return `route ${first} ${second}`;
  return kind === 'label' ? `label ${first}` : key;
}

const order = ['route', 'label', 'nexthop', 'vxlan'];

function rank(key: string): number {
  return order.indexOf(key.split(' ')[0] ?? '');
}

/** What nobody plans any more is known by its name alone; ports, addresses and VRFs are left where they are. */
function removalOf(key: string): readonly string[] {
  const [kind, first, second] = key.split(' ');
  if (kind === 'route') return [`route del ${second} vrf ${first}`];
  if (kind === 'label') return [`label del ${first}`];
  if (kind === 'nexthop') return [`nexthop del ${first}`];
  return kind === 'vxlan' ? [`interface del ${first}`] : [];
}
