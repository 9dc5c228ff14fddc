import { openRouterTransport } from '../../src/engine/client/router-transport.ts';
import type { ForwardJob, Peer } from '../peer.ts';
import { RouteLoader } from '../route-loader.ts';
import type { Route } from '../workload.ts';
import { millrace, millracePolling } from './millrace.ts';
import { type RouterForwarding, startForwarding } from './router.ts';
import { forwardingScript } from './router-script.ts';

/** Millrace with its IPv4 routes by a stream of its API; its client adds one after the other, a million in minutes. */
export const millraceByApi: Peer = { ...millrace, forward };

// Packets flow, which is waited for, when the first routes are there.
const routesByClient = 1000;

async function forward(job: ForwardJob): Promise<RouterForwarding> {
  const { routes } = job.workload;
  const first = { ...job.workload, routes: routes.slice(0, routesByClient) };
  await using resources = new AsyncDisposableStack();
  const forwarding = resources.use(
    await startForwarding(millracePolling, job, (devices) => forwardingScript(first, devices, routes)),
  );
  await addByApi(forwarding.instance.socket, routes.slice(routesByClient));
  resources.move();
  return forwarding;
}

async function addByApi(socketPath: string, routes: readonly Route[]): Promise<void> {
  const { transport, close } = openRouterTransport({ socketPath });
  try {
    await new RouteLoader('ipv4', routes).add(transport);
  } finally {
    close();
  }
}
