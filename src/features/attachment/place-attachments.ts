import { type Problem, problem } from '../../kube/object.ts';
import { type IpAddress, parseAddress } from '../../net/address.ts';
import { type AddressRange, isWithin, type SubnetFacts } from '../subnet/index.ts';
import type { Attachment } from './attachment.ts';

/** A subnet as one node has it. */
export interface NodeSubnet {
  readonly facts: SubnetFacts;
  readonly blocks: readonly AddressRange[];
}

/** An address outside of its node's blocks: a static one, or one of a pod that moved. */
export interface Stranger {
  readonly attachment: Attachment;
  readonly facts: SubnetFacts;
  readonly address: IpAddress;
}

/** What became of the attachments of a node. */
export interface Placed {
  readonly accepted: readonly Attachment[];
  /** NAMESPACE/NAME ADDRESS of all addresses in the node's blocks. */
  readonly addresses: ReadonlySet<string>;
  readonly strangers: readonly Stranger[];
  readonly problems: readonly Problem[];
}

/** Checks the attachments of a node; `networks` are the subnets it has of each network, by the network's key. */
export function placeAttachments(
  attachments: readonly Attachment[],
  networks: ReadonlyMap<string, readonly NodeSubnet[]>,
): Placed {
  const accepted: Attachment[] = [];
  const strangers: Stranger[] = [];
  const problems: Problem[] = [];
  const addresses = new Set<string>();
  for (const attachment of attachments) {
    try {
      strangers.push(...placeOne(attachment, { networks, addresses }));
      accepted.push(attachment);
    } catch (error) {
      problems.push(problem(attachment, error instanceof Error ? error.message : String(error)));
    }
  }
  return { accepted, addresses, strangers, problems };
}

interface Ground {
  readonly networks: ReadonlyMap<string, readonly NodeSubnet[]>;
  readonly addresses: Set<string>;
}

function placeOne(attachment: Attachment, ground: Ground): readonly Stranger[] {
  const { network, node, pod, containerId } = attachment.spec;
  if (pod === undefined && containerId === undefined)
    throw new Error('expected pod or containerId, which say whose interface it is, got neither');
  const subnets = ground.networks.get(network);
  if (subnets === undefined)
    throw new Error(`expected a network of node ${node}, got ${network}: it is not there`);
  const found = addressesOf(attachment).map((text) => ({ text, ...findAddress(text, network, subnets) }));
  const own = found.filter(({ isOwn }) => isOwn).map(({ text }) => addressKey(network, text));
  const twice = own.find((key, index) => ground.addresses.has(key) || own.indexOf(key) !== index);
  if (twice !== undefined)
    throw new Error(`expected an address of its own, got ${twice.slice(network.length + 1)} a second time`);
  for (const key of own) ground.addresses.add(key);
  return found.flatMap(({ isOwn, facts, address }) => (isOwn ? [] : [{ attachment, facts, address }]));
}

/** Names an address of a network among all. */
export function addressKey(network: string, address: string): string {
  return `${network} ${address}`;
}

/** Gives the addresses an attachment has, or else those it asks for, without length. */
export function addressesOf({ spec, status }: Attachment): readonly string[] {
  if (status === undefined || status.addresses.length === 0) return spec.addresses;
  return status.addresses.map((text) => text.replace(/\/.*$/, ''));
}

function findAddress(text: string, network: string, subnets: readonly NodeSubnet[]) {
  const address = parseAddress(text);
  const subnet = subnets.find(({ facts }) => isWithin(facts.range, address));
  if (subnet === undefined) {
    const have = subnets.map(({ facts }) => facts.range.text).join(', ') || 'no subnet';
    throw new Error(`expected an address in ${have} of ${network}, got ${text}`);
  }
  const { facts, blocks } = subnet;
  const excluded = facts.excluded.find((range) => isWithin(range, address));
  if (excluded !== undefined)
    throw new Error(
      `expected an address that containers may have, got ${text}: ${facts.key} excludes ${excluded.text}`,
    );
  return { facts, address, isOwn: blocks.some((block) => isWithin(block, address)) };
}
