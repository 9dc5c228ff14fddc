import { type AttachmentRecord, keyText } from '../attachment-record.ts';
import { exchange, type Step } from '../netlink/exchange.ts';
import { setMac } from '../netlink/links.ts';
import type { PodNetwork } from '../network.ts';

/**
 * Has a container's kernel tell an L2 network where its addresses are now, by a gratuitous ARP request (RFC 5227,
 * section 3) and unsolicited neighbor advertisements (RFC 4861, section 7.2.6): bridges, and whoever knew the addresses
 * by another Ethernet address, learn at once. To be called when the interface is up and the router has it; in other
 * networks it does nothing, as the router itself is everybody's neighbor there. @throws PodError host
 */
export async function announce(record: AttachmentRecord, { bridge }: PodNetwork): Promise<void> {
  if (bridge === undefined) return;
  const { interface: name, netns, mac } = record;
  const steps = [{ enter: netns }, ...NOTIFY.map((file) => toNotify(name, file)), setMac(name, mac)];
  await exchange(steps, { doing: `attach ${keyText(record)}` });
}

/** A device that is to announce itself does so when its Ethernet address is set, also to what it is. */
const NOTIFY = ['ipv4/conf/*/arp_notify', 'ipv6/conf/*/ndisc_notify'];

function toNotify(name: string, file: string): Step {
  return { write: `/proc/sys/net/${file.replace('*', name)}`, text: '1' };
}
