import type { Step } from './netlink/exchange.ts';

/** Keeps the host's own IPv6 out of a device that only passes a container's frames on: it would say its own on it. */
export function leaveToContainer(device: string): Step {
  return { write: `/proc/sys/net/ipv6/conf/${device}/disable_ipv6`, text: '1' };
}
