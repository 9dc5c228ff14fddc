import { RouterService } from '../../api/engine_pb.js';
import { type ApiService, apiService } from '../../api/service.ts';
import type { Troubles } from '../../troubles.ts';

/** Tells who the router is, and what is wrong with it. */
export function routerService(
  router: { readonly eal: { readonly version: string }; readonly troubles: Pick<Troubles, 'list'> },
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
    listTroubles: () => ({
      troubles: router.troubles.list.map(({ about, name, text, sinceMs }) => ({
        about,
        name,
        text,
        sinceNs: BigInt(sinceMs) * 1_000_000n,
      })),
    }),
  });
}
