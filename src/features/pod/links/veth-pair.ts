import { closeSync, openSync } from 'node:fs';
import { parseAddress } from '../../../net/address.ts';
import { type AttachmentRecord, keyText } from '../attachment-record.ts';
import { addAddress, addDefaultRoute } from '../netlink/addresses.ts';
import { exchange, noNamespace } from '../netlink/exchange.ts';
import { addVeth, bringUp, readLinks, showLink } from '../netlink/links.ts';
import { leaveToContainer } from '../quiet-device.ts';
import type { Steering } from '../steering.ts';
import { HOST_END_INDEX_BASE, hostEnd } from '../trunk-names.ts';

/** Makes a veth pair with one end in the container and the other steered to the trunk. @throws PodError unknown, host */
export async function addVethPair(record: AttachmentRecord, steering: Steering): Promise<void> {
  await makePair(record, steering);
  await Promise.all([bringUpHostEnd(record), configureInContainer(record)]);
}

async function makePair(record: AttachmentRecord, steering: Steering): Promise<void> {
  const { number, mtu, mac, interface: name, netns } = record;
  const doing = doingOf(record);
  const index = HOST_END_INDEX_BASE + number;
  const netnsFd = openNamespace(doing, netns);
  try {
    const pair = addVeth({ name: hostEnd(record), index, mtu }, { name, mac, mtu }, netnsFd);
    await exchange([pair, ...steering.ofHostEnd(index)], { doing });
  } finally {
    closeSync(netnsFd);
  }
}

async function bringUpHostEnd(record: AttachmentRecord): Promise<void> {
  await leaveToContainer(hostEnd(record));
  await exchange([bringUp(hostEnd(record))], { doing: doingOf(record) });
}

async function configureInContainer(record: AttachmentRecord): Promise<void> {
  const { interface: name, netns, addresses, isDefault } = record;
  const place = { doing: doingOf(record), netns };
  const [link] = readLinks(await exchange([showLink(name), bringUp(name)], place));
  const index = link?.index ?? 0;
  const own = addresses.map(({ address, length }) =>
    addAddress(index, { address: parseAddress(address), length }),
  );
  const routes = addresses.map(({ gateway }) => addDefaultRoute(index, parseAddress(gateway)));
  const messages = [...own, ...(isDefault ? routes : [])];
  if (messages.length > 0) await exchange(messages, place);
}

function openNamespace(doing: string, netns: string): number {
  try {
    return openSync(netns, 'r');
  } catch {
    throw noNamespace(doing, netns);
  }
}

function doingOf(record: AttachmentRecord): string {
  return `attach ${keyText(record)}`;
}
