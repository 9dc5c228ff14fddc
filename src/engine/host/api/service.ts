import type { DescService } from '@bufbuild/protobuf';
import type { ConnectRouter, ServiceImpl } from '@connectrpc/connect';

/** A service with what answers its calls. */
export interface ApiService {
  readonly descriptor: DescService;
  readonly register: (router: ConnectRouter) => void;
}

/** Joins a generated service descriptor with its implementation, which must have every method. */
export function apiService<Service extends DescService>(
  descriptor: Service,
  implementation: ServiceImpl<Service>,
): ApiService {
  return { descriptor, register: (router) => router.service(descriptor, implementation) };
}
