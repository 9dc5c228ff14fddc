import { setImmediate } from 'node:timers/promises';
import { type AttachmentRecord, keyText, routerName } from '../attachment-record.ts';
import { exchange } from '../netlink/exchange.ts';
import { deleteLink } from '../netlink/links.ts';
import type { PodNetwork } from '../network.ts';
import type { RouterSide } from '../router-side.ts';
import type { Steering } from '../steering.ts';
import { hostEnd } from '../trunk-names.ts';
import { announce } from './announce.ts';
import { missingInContainer } from './container-side.ts';
import type { Link } from './link.ts';
import { untilOwn } from './own-addresses.ts';
import { addVethPair } from './veth-pair.ts';

/** A veth pair, whose host end is a VLAN of the trunk. */
export class VethLink implements Link {
  readonly #router: RouterSide;
  readonly #steering: Steering;

  constructor(router: RouterSide, steering: Steering) {
    this.#router = router;
    this.#steering = steering;
  }

  async attach(record: AttachmentRecord, network: PodNetwork): Promise<void> {
    // The router takes longer, so it is called first: a call is sent when nothing else is left to do.
    const added = this.#router.addVlan(record, network);
    const paired = setImmediate().then(() => this.#makePair(record, network));
    // Both are waited for: what one has made is not to appear after the other's failure was cleaned up.
    for (const result of await Promise.allSettled([paired, added]))
      if (result.status === 'rejected') throw result.reason;
    await announce(record, network);
  }

  async detach(record: AttachmentRecord): Promise<void> {
    await Promise.all([this.#deletePair(record), this.#router.remove(routerName(record))]);
  }

  async restore(record: AttachmentRecord, network: PodNetwork): Promise<void> {
    await this.#router.addVlan(record, network);
  }

  missing(record: AttachmentRecord): Promise<string | undefined> {
    return missingInContainer(record);
  }

  /** While the router is still at work, the kernel has time to make the container's addresses its own. */
  async #makePair(record: AttachmentRecord, network: PodNetwork): Promise<void> {
    await untilOwn(record, await addVethPair(record, network, this.#steering));
  }

  /** Both ends go; with the container's namespace they are gone already. */
  async #deletePair(record: AttachmentRecord): Promise<void> {
    const doing = `detach ${keyText(record)}`;
    await exchange([deleteLink(hostEnd(record))], { doing, fine: ['ENODEV'] });
  }
}
