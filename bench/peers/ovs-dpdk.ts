import type { Peer } from '../peer.ts';
import type { AttachedSwitch, VhostJob, VhostSwitch } from '../vhost-switch.ts';
import { ownFilePrefix } from './dpdk-program.ts';
import { ovsDoing, receivePort, type SwitchPlan, startSwitch } from './ovs-switch.ts';

const routing = ovsDoing('one rule: set both MACs, decrement the TTL, output', (transmit) =>
  routingPlan(receivePort, transmit),
);

/** Open vSwitch's userspace datapath, doing the work of a router with one rule. */
export const ovsDpdk: Peer & VhostSwitch = { ...routing, attach };

async function attach(job: VhostJob): Promise<AttachedSwitch> {
  const resources = new AsyncDisposableStack();
  const [near, far] = job.sockets.map((path) => [
    'type=dpdkvhostuserclient',
    `options:vhost-server-path=${path}`,
  ]);
  const { pid } = await startSwitch(resources, {
    directory: job.directory,
    eal: [`--file-prefix=${ownFilePrefix('ovs')}`],
    plan: routingPlan(near ?? [], far ?? []),
  });
  return { pid, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}

function routingPlan(near: readonly string[], far: readonly string[]): SwitchPlan {
  return {
    bridges: [{ name: 'br0', ports: { p0: near, p1: far } }],
    rules: { br0: [rule('ip', 'p0', 'p1'), rule('ipv6', 'p0', 'p1')] },
  };
}

function rule(protocol: 'ip' | 'ipv6', from: string, to: string): string {
  const actions = `mod_dl_src:02:00:00:00:00:11,mod_dl_dst:02:00:00:00:00:22,dec_ttl,output:${to}`;
  return `in_port=${from},${protocol},actions=${actions}`;
}
