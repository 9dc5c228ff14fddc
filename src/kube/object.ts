import Type, { type Static } from 'typebox';

/** The group and version of our own kinds. */
export const apiVersion = 'millrace.dev/v1alpha1';

const label = { maxLength: 63, pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$', examples: ['red'] };

/** What every object carries besides its kind. */
export const metadata = Type.Object({
  name: Type.String({
    maxLength: 253,
    pattern: '^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$',
    examples: ['blue', 'worker-1'],
    description: 'Tells the object from others of its kind in the namespace.',
  }),
  namespace: Type.String({ ...label, default: 'default', description: 'The tenant the object belongs to.' }),
  labels: Type.Optional(
    Type.Record(Type.String(), Type.String(), { description: 'What selectors look at.' }),
  ),
  annotations: Type.Optional(Type.Record(Type.String(), Type.String(), { description: 'Notes of others.' })),
});

/** The same data, which nobody may change. */
export type Immutable<T> = T extends readonly (infer Element)[]
  ? readonly Immutable<Element>[]
  : T extends object
    ? { readonly [Key in keyof T]: Immutable<T[Key]> }
    : T;

export type Metadata = Immutable<Static<typeof metadata>>;

/** What all kinds have in common; the store knows no more of an object. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Metadata;
  readonly spec?: unknown;
  readonly status?: unknown;
}

/** Names an object among those of its kind: "namespace/name". */
export function keyOf(object: { readonly metadata: Metadata }): string {
  return `${object.metadata.namespace}/${object.metadata.name}`;
}

/** Why an object, or a part of it, could not be honoured. */
export interface Problem {
  /** KIND NAMESPACE/NAME */
  readonly object: string;
  readonly reason: string;
}

/** Names an object among all: "VirtualNetwork red/blue". */
export function referenceTo(object: { readonly kind: string; readonly metadata: Metadata }): string {
  return `${object.kind} ${keyOf(object)}`;
}

/** Reads NAME or NAMESPACE/NAME as an object of the namespace would write it. */
export function resolveKey(text: string, from: { readonly metadata: Metadata }): string {
  return text.includes('/') ? text : `${from.metadata.namespace}/${text}`;
}

/** Says that an object could not be honoured. */
export function problem(
  object: { readonly kind: string; readonly metadata: Metadata },
  reason: string,
): Problem {
  return { object: referenceTo(object), reason };
}
