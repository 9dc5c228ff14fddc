/** What is given places among how many, and who has one already. */
export interface Placing {
  readonly names: Iterable<string>;
  readonly recorded: (name: string) => number | undefined;
  readonly isTaken: (place: number) => boolean;
  readonly places: number;
}

/**
 * Gives each name a place of its own, from 0: the recorded one, else the one its hash leads to, or the next that is
 * free. So a new name moves no other, and nearly all places stay even where nothing was recorded. Who is not in the
 * answer found no place.
 */
export function placeByName({ names, recorded, isTaken, places }: Placing): ReadonlyMap<string, number> {
  const placed = new Map<string, number>();
  const used = new Set<number>();
  const isFree = (place: number) => place >= 0 && place < places && !used.has(place) && !isTaken(place);
  const put = (name: string, place: number) => {
    placed.set(name, place);
    used.add(place);
  };
  const rest: string[] = [];
  for (const name of names) {
    const place = recorded(name);
    if (place !== undefined && isFree(place)) put(name, place);
    else rest.push(name);
  }
  for (const name of rest) {
    const place = nextFree(hashOf(name) % places, places, isFree);
    if (place === undefined) break;
    put(name, place);
  }
  return placed;
}

function nextFree(first: number, places: number, isFree: (place: number) => boolean): number | undefined {
  for (let step = 0; step < places; step++) {
    const place = (first + step) % places;
    if (isFree(place)) return place;
  }
  return undefined;
}

/** FNV-1a over UTF-16, then mixed once more: names often differ in their last digit only. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}
