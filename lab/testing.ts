import { after, afterEach } from 'node:test';
import { Router, type RouterOptions } from './router.ts';
import { startTopology, type Topology, type TopologyPlan } from './topology.ts';

/** Builds a topology for the tests of a file, takes it down after them, and shows the router's log when one fails. */
export async function testTopology<Name extends string>(
  plan: TopologyPlan<Name>,
  options: RouterOptions = {},
): Promise<Topology<Name>> {
  const topology = await startTopology(plan, options);
  after(() => topology.close());
  showLogOfFailures(topology.router);
  return topology;
}

/** Starts a router alone for the tests of a file. */
export async function testRouter(options: RouterOptions = {}): Promise<Router> {
  const router = new Router(options);
  after(() => router.close());
  showLogOfFailures(router);
  return router.start();
}

/** Starts the routers of two nodes for the tests of a file, with an underlay between them: `core` in either's namespace. */
export async function testNodes(): Promise<readonly [Router, Router]> {
  const routers = [new Router({ name: 'node1' }), new Router({ name: 'node2' })] as const;
  after(() => Promise.all(routers.map((router) => router.close())));
  const [first, second] = routers;
  await first.namespace.ip(
    `link add core mtu 1600 type veth peer name core mtu 1600 netns ${second.namespace.name}`,
  );
  for (const { namespace } of routers) await namespace.ip('link set core up promisc on');
  await Promise.all(routers.map((router) => router.start()));
  return routers;
}

function showLogOfFailures(router: Router): void {
  afterEach((context) => {
    if ('passed' in context && !context.passed)
      process.stderr.write(`log of the router:\n${withoutChatter(router.log)}\n`);
  });
}

// DPDK tells every step of a vhost-user connection.
function withoutChatter(log: string): string {
  return log
    .split('\n')
    .filter((line) => !/^\{"level":[1-3]0.*"component":"dpdk"/.test(line))
    .slice(-60)
    .join('\n');
}
