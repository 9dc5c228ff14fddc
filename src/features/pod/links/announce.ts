import { type AttachmentRecord, keyText } from '../attachment-record.ts';
import { run } from '../ip-batch.ts';
import type { PodNetwork } from '../network.ts';
import { PodError } from '../pod-error.ts';

/**
 * Has a container's kernel tell an L2 network where its addresses are now, by a gratuitous ARP request (RFC 5227,
 * section 3) and unsolicited neighbor advertisements (RFC 4861, section 7.2.6): bridges, and whoever knew the addresses
 * by another Ethernet address, learn at once. To be called when the interface is up and the router has it; in other
 * networks it does nothing, as the router itself is everybody's neighbor there. @throws PodError host
 */
export async function announce(record: AttachmentRecord, { bridge }: PodNetwork): Promise<void> {
  if (bridge === undefined) return;
  const { interface: name, netns, mac } = record;
  const command = ['nsenter', `--net=${netns}`, '--', 'sh', '-ec', SCRIPT, 'announce', name, mac];
  const { status, stderr } = await run(command, '');
  if (status === 0) return;
  const expected = `${name} to announce its addresses`;
  throw new PodError('host', { doing: `attach ${keyText(record)}`, expected, received: stderr.trim() });
}

/** A device that is to announce itself does so when its Ethernet address is set, also to what it is. */
const SCRIPT = `
  for file in ipv4/conf/"$1"/arp_notify ipv6/conf/"$1"/ndisc_notify; do
    if [ -e /proc/sys/net/$file ]; then echo 1 >/proc/sys/net/$file; fi
  done
  ip link set dev "$1" address "$2"
`;
