/** A map whose values are made when they are asked for, each time anew. */
export class LazyMap<Value> implements ReadonlyMap<string, Value> {
  readonly #keys: ReadonlySet<string>;
  readonly #make: (key: string) => Value;

  constructor(keys: ReadonlySet<string>, make: (key: string) => Value) {
    this.#keys = keys;
    this.#make = make;
  }

  get size(): number {
    return this.#keys.size;
  }

  has(key: string): boolean {
    return this.#keys.has(key);
  }

  get(key: string): Value | undefined {
    return this.#keys.has(key) ? this.#make(key) : undefined;
  }

  keys(): MapIterator<string> {
    return this.#keys.values();
  }

  *values(): MapIterator<Value> {
    for (const key of this.#keys) yield this.#make(key);
  }

  *entries(): MapIterator<[string, Value]> {
    for (const key of this.#keys) yield [key, this.#make(key)];
  }

  [Symbol.iterator](): MapIterator<[string, Value]> {
    return this.entries();
  }

  forEach(visit: (value: Value, key: string, map: ReadonlyMap<string, Value>) => void): void {
    for (const [key, value] of this) visit(value, key, this);
  }
}
