import type { DescService } from '@bufbuild/protobuf';
import type { ServiceImpl } from '@connectrpc/connect';
import { type ApiService, apiService } from '../service.ts';

/** Makes a service of which only some methods say something; the others give empty answers. */
export function fakeService<Service extends DescService>(
  descriptor: Service,
  implementation: Partial<ServiceImpl<Service>>,
): ApiService {
  const complete = new Proxy(implementation, {
    get: (target, name) => Reflect.get(target, name) ?? emptyAnswer(descriptor, name),
  });
  return apiService(descriptor, complete as ServiceImpl<Service>);
}

function emptyAnswer(descriptor: DescService, name: string | symbol) {
  const method = descriptor.methods.find(({ localName }) => localName === name);
  return method?.methodKind === 'unary' ? () => ({}) : async function* () {};
}
