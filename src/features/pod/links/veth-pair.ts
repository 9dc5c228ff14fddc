import { closeSync, openSync } from 'node:fs';
import type { NetlinkAnswer } from '../../../engine/host/netlink-message.ts';
import { parseAddress } from '../../../net/address.ts';
import { type AttachmentRecord, keyText } from '../attachment-record.ts';
import { addAddress, addDefaultRoute } from '../netlink/addresses.ts';
import { exchange, noNamespace, type Step } from '../netlink/exchange.ts';
import { addVeth, bringUp, showLink } from '../netlink/links.ts';
import type { PodNetwork } from '../network.ts';
import { askNobody, leaveToContainer } from '../quiet-device.ts';
import type { Steering } from '../steering.ts';
import { HOST_END_INDEX_BASE, hostEnd } from '../trunk-names.ts';
import { askWhetherOwn } from './own-addresses.ts';

/**
 * Makes a veth pair with one end in the container and the other steered to the trunk, in one exchange. The ends
 * come up when the host's is steered: nothing that a container sends is ever the host's. The kernel lets the end that
 * came up first send only when its link watch has run, some time later; whoever asks for the device has it run at once.
 * Resolves to what the kernel answers, last to `askWhetherOwn`.
 *
 * @throws PodError unknown, host
 */
export async function addVethPair(
  record: AttachmentRecord,
  network: PodNetwork,
  steering: Steering,
): Promise<readonly NetlinkAnswer[]> {
  const doing = `attach ${keyText(record)}`;
  const netnsFd = openNamespace(doing, record.netns);
  try {
    const there = [{ enter: record.netns }, ...inContainer(record, network)];
    const back = [{ enter: OWN_NAMESPACE }, showLink(hostEnd(record))];
    const steps = [...onHost(record, steering, netnsFd), ...there, ...back, ...askWhetherOwn(record)];
    return await exchange(steps, { doing });
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

function inContainer(record: AttachmentRecord, network: PodNetwork): readonly Step[] {
  const { interface: name, addresses, isDefault } = record;
  const index = indexOf(record);
  const own = addresses.map(({ address, length }) =>
    addAddress(index, { address: parseAddress(address), length }),
  );
  const routes = addresses.map(({ gateway }) => addDefaultRoute(index, parseAddress(gateway)));
  return [...askNobody(name, network), bringUp(name), ...own, ...(isDefault ? routes : [])];
}

function openNamespace(doing: string, netns: string): number {
  try {
    return openSync(netns, 'r');
  } catch {
    throw noNamespace(doing, netns);
  }
}
