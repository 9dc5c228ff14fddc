import { type AttachmentRecord, keyText } from '../attachment-record.ts';
import { ipShow } from '../ip-batch.ts';

/** The lines of iproute2 that bring an interface in a container up, with its addresses and routes. */
export function configureLines(record: AttachmentRecord): readonly string[] {
  const { interface: name, addresses, isDefault } = record;
  return [
    `link set dev ${name} up`,
    ...addresses.map(
      ({ address, length }) => `address add ${address}/${length} dev ${name}${nodad(address)}`,
    ),
    ...(isDefault ? addresses.map(({ gateway }) => `route add default via ${gateway} dev ${name}`) : []),
  ];
}

/** Says what of an interface is missing in its container; undefined when nothing is. */
export async function missingInContainer(record: AttachmentRecord): Promise<string | undefined> {
  const { interface: name, netns, mac } = record;
  const shown = await ipShow(['address', 'show', 'dev', name], netns);
  const [link] = Array.isArray(shown) ? shown : [];
  if (link === undefined) return `${keyText(record)} has no interface ${name} in ${netns}`;
  if (!link.flags?.includes('UP')) return `${name} in ${netns} is down`;
  if (link.address !== mac) return `${name} has the MAC address ${link.address}, not ${mac}`;
  const there = new Set(link.addr_info?.map(({ local }: { local?: string }) => local));
  const lost = record.addresses.find(({ address }) => !there.has(address));
  return lost && `${name} in ${netns} has lost its address ${lost.address}`;
}

/** The ledger knows that nobody else has the address: it need not be asked for. */
function nodad(address: string): string {
  return address.includes(':') ? ' nodad' : '';
}
