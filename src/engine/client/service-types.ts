import type { DescMessage, DescService, MessageJsonType } from '@bufbuild/protobuf';

/** Names a service and carries its type; made by `serviceRef`. */
export interface ServiceRef<Service extends DescService> {
  readonly typeName: string;
  /** Never there at run time: it carries the type. */
  readonly descriptor?: Service;
}

/**
 * Names a service without loading its descriptor:
 * `serviceRef<typeof VrfService>('millrace.vrf.v1.VrfService')` with `import type { VrfService }`.
 */
export function serviceRef<Service extends DescService>(typeName: string): ServiceRef<Service> {
  return { typeName };
}

/** The methods of a service that answer once. */
export type UnaryMethod<Service extends DescService> = MethodOfKind<Service, 'unary'>;

/** The methods of a service that answer with a stream. */
export type StreamMethod<Service extends DescService> = MethodOfKind<Service, 'server_streaming'>;

/** The JSON form of a request, in which undefined means absent. */
export type RequestOf<Service extends DescService, Method extends keyof Service['method']> = Loose<
  JsonOf<Service['method'][Method], 'input'>
>;

/** The JSON form of a response. */
export type ResponseOf<Service extends DescService, Method extends keyof Service['method']> = JsonOf<
  Service['method'][Method],
  'output'
>;

type MethodOfKind<Service extends DescService, Kind extends string> = {
  [Name in keyof Service['method']]: Service['method'][Name] extends { methodKind: Kind } ? Name : never;
}[keyof Service['method']] &
  string;

type JsonOf<Method, Side extends 'input' | 'output'> =
  Method extends Record<Side, infer Message extends DescMessage> ? MessageJsonType<Message> : never;

type Loose<T> = T extends readonly (infer Item)[]
  ? readonly Loose<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: Loose<T[Key]> | undefined }
    : T;
