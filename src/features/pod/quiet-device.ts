import type { Step } from './netlink/exchange.ts';
import type { PodNetwork } from './network.ts';

/** Keeps the host's own IPv6 out of a device that only passes a container's frames on: it would say its own on it. */
export function leaveToContainer(device: string): Step {
  return { write: `/proc/sys/net/ipv6/conf/${device}/disable_ipv6`, text: '1' };
}

/**
 * Keeps a container in a network of layer 3 from asking on its link for routers, which it is told of, and whether its own
 * addresses are free there: nobody but our router is on the link, and it answers neither. Each question would wake it.
 */
export function askNobody(device: string, { bridge }: Pick<PodNetwork, 'bridge'>): readonly Step[] {
  if (bridge !== undefined) return [];
  return ['accept_ra', 'accept_dad'].map((name) => ({
    write: `/proc/sys/net/ipv6/conf/${device}/${name}`,
    text: '0',
  }));
}
