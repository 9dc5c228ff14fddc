import { type Problem, problem, referenceTo } from '../../kube/object.ts';
import { formatAddress } from '../../net/address.ts';
import type { Attachment } from './attachment.ts';
import { addressKey, type Stranger } from './place-attachments.ts';

/** Which addresses outside of their node's blocks are honoured. */
export interface Settled {
  readonly byNetwork: ReadonlyMap<string, readonly Stranger[]>;
  readonly refused: ReadonlySet<Attachment>;
  readonly problems: readonly Problem[];
}

/** Refuses addresses that two attachments have; `isTaken` tells those that one has in its own node's block. */
export function settleStrangers(
  strangers: readonly Stranger[],
  isTaken: (stranger: Stranger) => boolean,
): Settled {
  const owners = new Map<string, Stranger>();
  const refused = new Set<Attachment>();
  const problems: Problem[] = [];
  for (const stranger of strangers) {
    const { attachment } = stranger;
    const text = formatAddress(stranger.address);
    const key = addressKey(attachment.spec.network, text);
    const reason = isTaken(stranger) ? 'another has it' : ownerOf(owners.get(key));
    if (reason === undefined) owners.set(key, stranger);
    if (reason === undefined) continue;
    refused.add(attachment);
    problems.push(problem(attachment, `expected an address of its own, got ${text}: ${reason}`));
  }
  const honoured = [...owners.values()].filter(({ attachment }) => !refused.has(attachment));
  return { byNetwork: Map.groupBy(honoured, ({ attachment }) => attachment.spec.network), refused, problems };
}

function ownerOf(owner: Stranger | undefined): string | undefined {
  return owner && `${referenceTo(owner.attachment)} has it`;
}
