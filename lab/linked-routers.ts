import type { Router } from './router.ts';

/** A link between two routers, by a port of its name on each. */
export interface RouterLink {
  readonly name: string;
  /** Network N has 10.N.0.0/24 and fd00:N::/64; the first router is .1, the second .2. */
  readonly network: number;
}

/** Links two routers by a veth pair, whose ends (v-NAME in their namespaces) their ports have by AF_PACKET. */
export async function linkRouters(
  first: Router,
  second: Router,
  { name, network }: RouterLink,
): Promise<void> {
  const device = `v-${name}`;
  await first.namespace.ip(`link add ${device} type veth peer name ${device} netns ${second.namespace.name}`);
  for (const [place, router] of [first, second].entries()) {
    await router.namespace.ip(`link set ${device} up promisc on`);
    await router.ctl(`
      interface add port ${name} devargs net_af_packet${100 + network},iface=${device}
      address add 10.${network}.0.${place + 1}/24 iface ${name}
      address add fd00:${network}::${place + 1}/64 iface ${name}
    `);
  }
}
