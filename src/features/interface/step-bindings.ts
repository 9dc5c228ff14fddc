import { ApiError } from '../../engine/api-error.ts';
import type { Interface } from './interface.ts';
import type { Interfaces } from './interfaces.ts';

/** What of an interface something looks at: what it receives, or what it sends. */
export type Way = 'in' | 'out';

/** Things of one kind, such as filters, of which an interface may have one for each way. */
export interface Bound {
  /** What errors call one of them. */
  readonly what: string;
  /** The stages that look, and their places (README.md). */
  readonly steps: Readonly<Record<Way, { readonly stage: string; readonly place: number }>>;
  /** Writes which ones an interface has, by their numbers; zero for none. */
  write(iface: number, into: number, out: number): void;
  /** Is told of one that is at no interface any more. */
  released?(number: number): void;
}

/** A thing at an interface, by its number. */
export interface StepBinding {
  readonly iface: Interface;
  readonly way: Way;
  readonly number: number;
}

/** Which interface has which things of a kind: the one writer of that table, who has their stages look. */
export class StepBindings {
  readonly #interfaces: Interfaces;
  readonly #bound: Bound;
  /** Numbers by interface. */
  readonly #numbers = new Map<number, Readonly<Record<Way, number>>>();

  constructor(interfaces: Interfaces, bound: Bound) {
    this.#interfaces = interfaces;
    this.#bound = bound;
    interfaces.defineStep({ way: 'input', ...bound.steps.in });
    interfaces.defineStep({ way: 'output', ...bound.steps.out });
    interfaces.listen({ removing: ({ id }) => this.#set(id, NONE) });
  }

  /** All of them, by interface. */
  get list(): readonly StepBinding[] {
    return [...this.#numbers].flatMap(([id, numbers]) => {
      const iface = this.#interfaces.find(id);
      return ways.flatMap((way) => (iface && numbers[way] ? { iface, way, number: numbers[way] } : []));
    });
  }

  /** The number of what an interface has, zero for none. */
  at(iface: Interface, way: Way): number {
    return this.#numbers.get(iface.id)?.[way] ?? 0;
  }

  /** Where one is, such as "p0 in". */
  placesOf(number: number): readonly string[] {
    return this.list.filter((each) => each.number === number).map(({ iface, way }) => `${iface.name} ${way}`);
  }

  /** An interface that can have one. @throws ApiError ENODEV, EOPNOTSUPP */
  taker(doing: string, name: string): Interface {
    const iface = this.#interfaces.named(doing, name);
    if (iface.outputStage !== undefined) return iface;
    const received = `${iface.name}, a ${iface.type}`;
    throw new ApiError('EOPNOTSUPP', { doing, expected: 'an interface that sends frames', received });
  }

  /** Gives an interface one in place of what it has. */
  bind(iface: Interface, way: Way, number: number): void {
    this.#set(iface.id, { ...this.#of(iface.id), [way]: number });
    this.#interfaces.useStep(iface.id, this.#bound.steps[way].stage, true);
  }

  /** Takes from an interface what it has. @throws ApiError ENODEV, ENOENT */
  unbind(doing: string, name: string, way: Way): void {
    const iface = this.#interfaces.named(doing, name);
    if (this.at(iface, way) === 0) {
      const expected = `an interface with a ${this.#bound.what} ${way}`;
      throw new ApiError('ENOENT', { doing, expected, received: iface.name });
    }
    this.#interfaces.useStep(iface.id, this.#bound.steps[way].stage, false);
    this.#set(iface.id, { ...this.#of(iface.id), [way]: 0 });
  }

  /** Writes all again, for a build that has them elsewhere. */
  writeAll(): void {
    for (const id of this.#numbers.keys()) this.#write(id);
  }

  #of(id: number): Readonly<Record<Way, number>> {
    return this.#numbers.get(id) ?? NONE;
  }

  #set(id: number, now: Readonly<Record<Way, number>>): void {
    const before = this.#of(id);
    if (before === now) return;
    if (now.in || now.out) this.#numbers.set(id, now);
    else this.#numbers.delete(id);
    this.#write(id);
    for (const number of new Set([before.in, before.out]))
      if (number && !this.#isUsed(number)) this.#bound.released?.(number);
  }

  #write(id: number): void {
    const { in: into, out } = this.#of(id);
    this.#bound.write(id, into, out);
  }

  #isUsed(number: number): boolean {
    return [...this.#numbers.values()].some((at) => at.in === number || at.out === number);
  }
}

/** @throws ApiError EINVAL */
export function readWay(doing: string, way: string): Way {
  if (way === 'in' || way === 'out') return way;
  throw new ApiError('EINVAL', { doing, expected: '"in" or "out"', received: JSON.stringify(way) });
}

const NONE = { in: 0, out: 0 } as const;
const ways: readonly Way[] = ['in', 'out'];
