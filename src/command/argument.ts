/** What an argument of a command takes: how its text becomes a value, and which texts are on offer. */
export interface ArgumentType<T, C = unknown> {
  readonly kind: 'value';
  /** What is expected, with its article: "an IPv4 address such as 192.0.2.1". */
  readonly expects: string;
  readonly help: string;
  /** Throws a ValueError when the text is not such a value. */
  readonly parse: (text: string) => T;
  readonly complete?: Completer<C>;
  /** The words that are allowed, when there are only some, with the help of each. */
  readonly words?: Readonly<Record<string, string>>;
}

/** Offers values for an argument, for instance the names of interfaces, which it asks the router for. */
export type Completer<C> = (request: CompletionRequest<C>) => Offers | Promise<Offers>;

export interface CompletionRequest<C> {
  /** What has been typed of the argument so far. */
  readonly text: string;
  /** Connects when called for the first time; fails when there is no router. */
  readonly connect: () => Promise<C>;
}

export type Offers = Iterable<string | { readonly text: string; readonly help: string }>;

/** An argument that may be absent. */
export interface OptionalArgument<T, C = unknown> {
  readonly kind: 'optional';
  readonly of: ArgumentType<T, C>;
}

/** An argument that may come several times: its values form an array. */
export interface RepeatedArgument<T, C = unknown> {
  readonly kind: 'repeated';
  readonly of: ArgumentType<T, C>;
}

/** A repeated group of arguments: its values form an array of records. */
export interface RecordsArgument<D> {
  readonly kind: 'records';
  readonly of: D;
}

/** A word that is there or not: true or false. */
export interface FlagArgument {
  readonly kind: 'flag';
  readonly help: string;
}

export type SimpleDeclaration<C> =
  | ArgumentType<unknown, C>
  | OptionalArgument<unknown, C>
  | RepeatedArgument<unknown, C>
  | FlagArgument;

export type Declaration<C> =
  | SimpleDeclaration<C>
  | RecordsArgument<Readonly<Record<string, SimpleDeclaration<C>>>>;

/** Declarations by the name of the argument in the syntax, or by "word NAME" where NAME occurs twice. */
export type Declarations<C> = Readonly<Record<string, Declaration<C>>>;

/** The values that a command runs with, by the keys of its declarations. */
export type Values<A> = { readonly [K in keyof A]: Value<A[K]> };

export type Value<D> = D extends { readonly kind: 'value'; readonly parse: (text: string) => infer T }
  ? T
  : D extends { readonly kind: 'optional'; readonly of: infer O }
    ? Value<O> | undefined
    : D extends { readonly kind: 'repeated'; readonly of: infer O }
      ? readonly Value<O>[]
      : D extends { readonly kind: 'records'; readonly of: infer R }
        ? readonly Values<R>[]
        : boolean;

/** Declares an argument that may be absent: its value is then undefined. */
export function optional<T, C>(of: ArgumentType<T, C>): OptionalArgument<T, C> {
  return { kind: 'optional', of };
}

/** Declares an argument that the syntax repeats: its values form an array. */
export function repeated<T, C>(of: ArgumentType<T, C>): RepeatedArgument<T, C> {
  return { kind: 'repeated', of };
}

/** Declares a repeated group under its first word: `member: records({ NHID: …, W: optional(…) })`. */
export function records<const D>(of: D): RecordsArgument<D> {
  return { kind: 'records', of };
}

/** Declares a word that is there or not. */
export function flag(help: string): FlagArgument {
  return { kind: 'flag', help };
}
