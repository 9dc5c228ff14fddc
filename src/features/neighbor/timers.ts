/** Deadlines of many things, one each: looked at by one interval, found by the tick they fall in. */
export class Timers<Key> {
  readonly #tickMs: number;
  readonly #byTick = new Map<number, Set<Key>>();
  readonly #tickOf = new Map<Key, number>();
  #lastTick: number;

  constructor(options: { readonly tickMs: number; readonly nowMs: number }) {
    this.#tickMs = options.tickMs;
    this.#lastTick = Math.floor(options.nowMs / options.tickMs);
  }

  /** Sets a key's only deadline; undefined takes it away. */
  set(key: Key, dueMs: number | undefined): void {
    this.#clear(key);
    if (dueMs === undefined) return;
    const tick = Math.max(this.#lastTick + 1, Math.ceil(dueMs / this.#tickMs));
    this.#tickOf.set(key, tick);
    const keys = this.#byTick.get(tick);
    if (keys) keys.add(key);
    else this.#byTick.set(tick, new Set([key]));
  }

  /** Takes the keys whose deadlines have passed, oldest first. */
  takeDue(nowMs: number): readonly Key[] {
    const tick = Math.floor(nowMs / this.#tickMs);
    const due: Key[] = [];
    for (let passed = this.#lastTick + 1; passed <= tick; passed++) {
      const keys = this.#byTick.get(passed) ?? [];
      this.#byTick.delete(passed);
      for (const key of keys) {
        this.#tickOf.delete(key);
        due.push(key);
      }
    }
    this.#lastTick = Math.max(this.#lastTick, tick);
    return due;
  }

  #clear(key: Key): void {
    const tick = this.#tickOf.get(key);
    if (tick === undefined) return;
    this.#tickOf.delete(key);
    const keys = this.#byTick.get(tick);
    keys?.delete(key);
    if (keys?.size === 0) this.#byTick.delete(tick);
  }
}
