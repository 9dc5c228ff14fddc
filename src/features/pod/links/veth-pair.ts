import { closeSync, openSync } from 'node:fs';
import { parseAddress } from '../../../net/address.ts';
import { type AttachmentRecord, keyText } from '../attachment-record.ts';
import { addAddress, addDefaultRoute } from '../netlink/addresses.ts';
import { exchange, noNamespace, type Step } from '../netlink/exchange.ts';
import { addVeth, bringUp, showLink } from '../netlink/links.ts';
import { leaveToContainer } from '../quiet-device.ts';
import type { Steering } from '../steering.ts';
import { HOST_END_INDEX_BASE, hostEnd } from '../trunk-names.ts';

/**
 * Makes a veth pair with one end in the container and the other steered to the trunk, in one exchange. The ends
 * come up when the host's is steered: nothing that a container sends is ever the host's. The kernel lets the end that
 * came up first send only when its link watch has run, some time later; whoever asks for the device has it run at once.
 *
 * @throws PodError unknown, host
 */
export async function addVethPair(record: AttachmentRecord, steering: Steering): Promise<void> {
  const doing = `attach ${keyText(record)}`;
  const netnsFd = openNamespace(doing, record.netns);
  try {
    const there = [{ enter: record.netns }, ...inContainer(record)];
    const back = [{ enter: OWN_NAMESPACE }, showLink(hostEnd(record))];
    await exchange([...onHost(record, steering, netnsFd), ...there, ...back], { doing });
  } finally {
    closeSync(netnsFd);
  }
}

/** That of the process, wherever a thread of it is. */
const OWN_NAMESPACE = '/proc/self/ns/net';

/** Both ends have the same index, which nobody else takes, so that what follows need not ask for it. */
function indexOf({ number }: AttachmentRecord): number {
  return HOST_END_INDEX_BASE + number;
}

function onHost(record: AttachmentRecord, steering: Steering, netnsFd: number): readonly Step[] {
  const { mtu, mac, interface: inside } = record;
  const [name, index] = [hostEnd(record), indexOf(record)];
  return [
    addVeth({ name, index, mtu }, { name: inside, index, mac, mtu }, netnsFd),
    ...steering.ofHostEnd(index),
    leaveToContainer(name),
    bringUp(name),
  ];
}

function inContainer(record: AttachmentRecord): readonly Step[] {
  const { interface: name, addresses, isDefault } = record;
  const index = indexOf(record);
  const own = addresses.map(({ address, length }) =>
    addAddress(index, { address: parseAddress(address), length }),
  );
  const routes = addresses.map(({ gateway }) => addDefaultRoute(index, parseAddress(gateway)));
  return [bringUp(name), ...own, ...(isDefault ? routes : [])];
}

function openNamespace(doing: string, netns: string): number {
  try {
    return openSync(netns, 'r');
  } catch {
    throw noNamespace(doing, netns);
  }
}
