/** Next hops with these ids are the fabric's, and nobody else's. */
export const FIRST_ID = 1 << 25;
export const LAST_ID = FIRST_ID + (1 << 24) - 1;

/**
 * Gives each text an id that follows from the text, so that two plans call the same next hop by the same id, and an
 * id tells what it leads to. Two texts that meet at one id share out what is next to it, in their order.
 */
export function numbered(texts: readonly string[]): ReadonlyMap<string, number> {
  const taken = new Set<number>();
  const ids = new Map<string, number>();
  for (const text of [...new Set(texts)].sort()) {
    let id = FIRST_ID + (hash(text) & 0xffffff);
    while (taken.has(id)) id = id === LAST_ID ? FIRST_ID : id + 1;
    taken.add(id);
    ids.set(text, id);
  }
  return ids;
}

/** FNV-1a of 32 bits, folded. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const byte of Buffer.from(text)) value = Math.imul(value ^ byte, 0x01000193);
  return (value ^ (value >>> 24)) >>> 0;
}
