import { MODE_TRACE, MODE_TRACE_LOCAL } from '../../layout.ts';
import type { ModeBits } from '../mode-bits.ts';
import { applyScope, joinScopes, type WatchedInterfaces, type WatchScope } from './watched-interfaces.ts';

/** Chooses whose packets leave traces: what the user has enabled, and what others (the packet log) need. */
export class Tracing {
  readonly #mode: Pick<ModeBits, 'set'>;
  readonly #interfaces: () => WatchedInterfaces;
  readonly #scopes = new Map<string, WatchScope>();

  constructor(mode: Pick<ModeBits, 'set'>, interfaces: () => WatchedInterfaces) {
    this.#mode = mode;
    this.#interfaces = interfaces;
  }

  /** Begins to trace the packets of one interface or, without an id, of all, and those that the router makes. */
  enable(owner: string, id?: number): void {
    const now = this.#scopes.get(owner) ?? new Set();
    if (now !== 'all') this.#change(owner, id === undefined ? 'all' : new Set([...now, id]));
  }

  /** Ends the trace of one interface or, without an id, of all; of all but one when all were traced. */
  disable(owner: string, id?: number): void {
    const now = this.#scopes.get(owner) ?? new Set();
    const ids = now === 'all' ? this.#interfaces().list.map((iface) => iface.id) : [...now];
    this.#change(owner, new Set(id === undefined ? [] : ids.filter((each) => each !== id)));
  }

  /** Ends all that an owner has traced. */
  forget(owner: string): void {
    this.#change(owner, new Set());
    this.#scopes.delete(owner);
  }

  #change(owner: string, scope: WatchScope): void {
    this.#scopes.set(owner, scope);
    const wanted = joinScopes([...this.#scopes.values()]);
    this.#mode.set(MODE_TRACE, wanted === 'all' || wanted.size > 0);
    this.#mode.set(MODE_TRACE_LOCAL, wanted === 'all');
    applyScope(this.#interfaces(), 'trace', wanted);
  }
}
