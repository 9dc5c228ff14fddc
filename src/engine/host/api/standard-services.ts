import { Health as HealthService } from './grpc/health_pb.js';
import { ServerReflection } from './grpc/reflection_v1_pb.js';
import { ServerReflection as ServerReflectionAlpha } from './grpc/reflection_v1alpha_pb.js';
import type { Health } from './health.ts';
import { Reflection } from './reflection.ts';
import { type ApiService, apiService } from './service.ts';

/** Makes the services that every gRPC server is expected to have: health checks and reflection. */
export function standardServices(services: readonly ApiService[], health: Health): ApiService[] {
  const standard = [HealthService, ServerReflection, ServerReflectionAlpha];
  const reflection = new Reflection([...services.map((service) => service.descriptor), ...standard]);
  return [
    apiService(HealthService, health.implementation),
    apiService(ServerReflection, {
      async *serverReflectionInfo(requests) {
        for await (const request of requests) yield reflect(reflection, request);
      },
    }),
    apiService(ServerReflectionAlpha, {
      async *serverReflectionInfo(requests) {
        for await (const request of requests) yield reflect(reflection, request);
      },
    }),
  ];
}

function reflect<Request extends { host: string; messageRequest: Parameters<Reflection['answer']>[0] }>(
  reflection: Reflection,
  request: Request,
) {
  return {
    validHost: request.host,
    originalRequest: request,
    messageResponse: reflection.answer(request.messageRequest),
  };
}
