import { byRemoval, type Piece, placeOf, removalOf } from './piece.ts';

/** The lines of ctl that make a router what it shall be: nothing that is right already is touched. */
export interface Changes {
  readonly add: readonly Step[];
  readonly remove: readonly Step[];
}

/** A line of ctl, and the object that it is for, where one is. */
export interface Step {
  readonly line: string;
  readonly of?: string;
}

/** What a router has, and what of it is ours to remove. */
export interface Present {
  /** Keys of pieces, of ours and of others. */
  readonly keys: ReadonlySet<string>;
  /** Places of what an agent has made. */
  readonly made: ReadonlySet<string>;
}

/** Compares what a router shall have with what it has. */
export function changesBetween(pieces: readonly Piece[], { keys, made }: Present): Changes {
  const there = new Map([...keys].map((key) => [placeOf(key), key]));
  const wanted = new Set(pieces.map(({ key }) => placeOf(key)));
  const gone = [...there].filter(([place, key]) => !wanted.has(place) && (made.has(place) || isOurs(key)));
  return {
    add: pieces.flatMap((piece) => stepsFor(piece, there.get(placeOf(piece.key)))),
    remove: gone
      .map(([, key]) => key)
      .sort(byRemoval)
      .map((key) => ({ line: removalOf(key) })),
  };
}

/** The places of pieces that are not there yet: whoever makes them notes them before. */
export function placesToMake(pieces: readonly Piece[], keys: ReadonlySet<string>): readonly string[] {
  const there = new Set([...keys].map(placeOf));
  return pieces.map(({ key }) => placeOf(key)).filter((place) => !there.has(place));
}

/** Writes changes for people. */
export function changesText({ add, remove }: Changes): string {
  return [...add.map(({ line }) => `+ ${line}\n`), ...remove.map(({ line }) => `- ${line}\n`)].join('');
}

function stepsFor({ key, of, add, change }: Piece, before: string | undefined): readonly Step[] {
  if (before === key) return [];
  const lines = before === undefined || change === undefined ? add : change(before);
  return lines.map((line) => ({ line, ...(of !== undefined && { of }) }));
}

/** Next hops of the fabric's range of ids, and routes that lead by them, are told by their names. */
function isOurs(key: string): boolean {
  return key.startsWith('nexthop ') || key.startsWith('route ');
}
