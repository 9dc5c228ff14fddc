import { ApiError } from '../../api-error.ts';

/** What an interface's packets are watched for. */
export type WatchPurpose = 'trace' | 'capture';

/** An interface as telemetry names it. */
export interface WatchedInterface {
  readonly id: number;
  readonly name: string;
}

/** What telemetry needs of the router's interfaces; the interface feature gives it. */
export interface WatchedInterfaces {
  readonly list: readonly WatchedInterface[];
  find(id: number): WatchedInterface | undefined;
  findNamed(name: string): WatchedInterface | undefined;
  /** Begins or ends to watch one interface or, without an id, all present and future ones; off without an id ends every watch. */
  watch(purpose: WatchPurpose, on: boolean, id?: number): void;
}

/** Stands in until the interface feature has come: there are no interfaces. */
export const noInterfaces: WatchedInterfaces = {
  list: [],
  find: () => undefined,
  findNamed: () => undefined,
  watch: () => {},
};

/** Finds an interface by its name. @throws ApiError ENODEV */
export function interfaceNamed(interfaces: WatchedInterfaces, name: string, doing: string): WatchedInterface {
  const found = interfaces.findNamed(name);
  if (found) return found;
  throw new ApiError('ENODEV', {
    doing,
    expected: 'the name of an interface',
    received: JSON.stringify(name),
  });
}

/** Which interfaces somebody wants watched. */
export type WatchScope = 'all' | ReadonlySet<number>;

/** Joins what several watchers want. */
export function joinScopes(scopes: readonly WatchScope[]): WatchScope {
  const sets: ReadonlySet<number>[] = [];
  for (const scope of scopes) {
    if (scope === 'all') return 'all';
    sets.push(scope);
  }
  return new Set(sets.flatMap((set) => [...set]));
}

/** Tells the interfaces what is watched now. */
export function applyScope(interfaces: WatchedInterfaces, purpose: WatchPurpose, scope: WatchScope): void {
  interfaces.watch(purpose, scope === 'all');
  if (scope === 'all') return;
  for (const id of scope) interfaces.watch(purpose, true, id);
}
