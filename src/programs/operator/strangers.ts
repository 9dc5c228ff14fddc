import { addressKey, type Placed, type Settled, type Stranger } from '../../features/attachment/index.ts';
import { settleStrangers } from '../../features/attachment/operator.ts';
import { type BlockOwners, blockOwners, ownerOf } from '../../features/subnet/operator.ts';
import { formatAddress } from '../../net/address.ts';
import type { Place } from './compile-presences.ts';
import { Lists, Memo } from './memo.ts';

/** Settles who has the addresses that lie outside of their nodes' blocks. */
export class StrangersCompiler {
  readonly #owners = new Memo<BlockOwners>();
  readonly #settled = new Memo<Settled>();
  readonly #lists = new Lists<Stranger>();

  compile(placed: ReadonlyMap<string, Placed>, places: ReadonlyMap<string, Place>): Settled {
    const strangers: Stranger[] = [];
    for (const each of placed.values()) if (each.strangers.length > 0) strangers.push(...each.strangers);
    const hosts = strangers.map((stranger) => placed.get(this.#ownerOf(stranger, places) ?? ''));
    return this.#settled.get('', [...strangers, ...hosts], () => {
      const taken = new Map(strangers.map((stranger, index) => [stranger, hosts[index]]));
      const settled = settleStrangers(strangers, (stranger) => has(taken.get(stranger), stranger));
      const stable = [...settled.byNetwork].map(([key, list]) => [key, this.#lists.same(key, list)] as const);
      return { ...settled, byNetwork: new Map(stable) };
    });
  }

  #ownerOf({ attachment, facts, address }: Stranger, places: ReadonlyMap<string, Place>): string | undefined {
    const subnet = places.get(attachment.spec.network)?.subnets.find((each) => each.facts === facts);
    if (subnet === undefined) return undefined;
    const owners = this.#owners.get(facts.key, [subnet.blocks], () => blockOwners(subnet.blocks));
    return ownerOf(owners, facts, address.value);
  }
}

function has(host: Placed | undefined, { attachment, address }: Stranger): boolean {
  return host?.addresses.has(addressKey(attachment.spec.network, formatAddress(address))) ?? false;
}
