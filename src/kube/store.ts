import type { KubeObject } from './object.ts';
import type { Validated } from './validate.ts';

/** Where objects are kept: a directory of files, or an API server. */
export interface ObjectStore<Item extends KubeObject> {
  /** Gives all objects that are valid, and what is wrong with the others. */
  list(): Promise<Listing<Item>>;
  /** Gives the listing now, and again after each change, until the signal. Several changes may be one. */
  watch(signal: AbortSignal): AsyncIterable<Listing<Item>>;
  /** Replaces the status of an object; does nothing when it is the same already. */
  writeStatus(object: StatusOf, status: unknown): Promise<void>;
}

/** Names the object whose status is written. */
export type StatusOf = Pick<KubeObject, 'apiVersion' | 'kind' | 'metadata'>;

/** What a store holds. An object that did not change is the same object as in the listing before. */
export interface Listing<Item extends KubeObject> {
  readonly objects: readonly Item[];
  readonly faults: readonly Fault[];
}

/** Something in a store that is no valid object. */
export interface Fault {
  /** FILE:LINE, or the object's name. */
  readonly where: string;
  readonly reason: string;
}

/** Checks what claims to be an object, and fills in its defaults. */
export type ReadObject<Item extends KubeObject> = (given: unknown) => Validated<Item>;
