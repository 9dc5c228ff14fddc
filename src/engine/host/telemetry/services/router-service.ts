import { RouterService } from '../../api/engine_pb.js';
import { type ApiService, apiService } from '../../api/service.ts';

/** Tells who the router is. */
export function routerService(
  router: { readonly eal: { readonly version: string } },
  program: { readonly version: string; readonly startupMs: number },
): ApiService {
  return apiService(RouterService, {
    getRouter: () => ({
      version: program.version,
      pid: process.pid,
      ready: program.startupMs > 0,
      uptimeMs: Math.min(Math.round(process.uptime() * 1000), 0xffff_ffff),
      startupMs: program.startupMs,
      dpdk: router.eal.version,
    }),
  });
}
