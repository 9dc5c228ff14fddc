import type {
  DescMessage,
  DescMethod,
  DescMethodUnary,
  DescService,
  Message,
  MessageInitShape,
} from '@bufbuild/protobuf';
import type { ConnectRouter, ServiceImpl } from '@connectrpc/connect';

/** Answers a call of one message with one; what its answer leaves out has the value that it has when it is not set. */
export type UnaryImplementation = (request: Message) => Answer | Promise<Answer>;
type Answer = MessageInitShape<DescMessage>;

/** A method that takes one message and answers with one. */
export interface UnaryMethod {
  readonly descriptor: DescMethodUnary;
  readonly implementation: UnaryImplementation;
}

/** A service with what answers its calls. */
export interface ApiService {
  readonly descriptor: DescService;
  readonly register: (router: ConnectRouter) => void;
  readonly unary: readonly UnaryMethod[];
}

/** Joins a generated service descriptor with its implementation, which must have every method. */
export function apiService<Service extends DescService>(
  descriptor: Service,
  implementation: ServiceImpl<Service>,
): ApiService {
  const unary = descriptor.methods.filter(isUnary).map((method) => unaryMethod(method, implementation));
  return { descriptor, unary, register: (router) => router.service(descriptor, implementation) };
}

function isUnary(method: DescMethod): method is DescMethod & DescMethodUnary {
  return method.methodKind === 'unary';
}

/** ServiceImpl says of each method by its name what UnaryImplementation says of all. */
function unaryMethod(descriptor: DescMethodUnary, implementation: object): UnaryMethod {
  const call: UnaryImplementation = (request) =>
    Reflect.get(implementation, descriptor.localName).call(implementation, request);
  return { descriptor, implementation: call };
}
