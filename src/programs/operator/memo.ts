/**
 * Remembers by key what was made of what, and makes it again only when something it is made of is another object.
 * What is made of the same is the same object again, so that what is made of that need not be made again, either.
 */
export class Memo<Value> {
  readonly #entries = new Map<string, { readonly inputs: readonly unknown[]; readonly value: Value }>();

  get(key: string, inputs: readonly unknown[], make: () => Value): Value {
    const entry = this.#entries.get(key);
    if (entry !== undefined && sameItems(entry.inputs, inputs)) return entry.value;
    const value = make();
    this.#entries.set(key, { inputs, value });
    return value;
  }

  /** Forgets the keys that are not alive; costs nothing while there are no more keys than alive ones. */
  keep(alive: { readonly size: number; has(key: string): boolean }): void {
    if (this.#entries.size <= alive.size) return;
    for (const key of this.#entries.keys()) if (!alive.has(key)) this.#entries.delete(key);
  }
}

/** Gives the same list for the same items. */
export class Lists<Item> {
  readonly #memo = new Memo<readonly Item[]>();

  same(key: string, items: readonly Item[]): readonly Item[] {
    return this.#memo.get(key, items, () => items);
  }
}

/** Tells whether two lists hold the very same items. */
export function sameItems(left: readonly unknown[], right: readonly unknown[]): boolean {
  if (left === right) return true;
  if (left.length !== right.length) return false;
  for (let index = 0; index < left.length; index++) if (left[index] !== right[index]) return false;
  return true;
}
