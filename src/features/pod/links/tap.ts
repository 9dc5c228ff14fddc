import { type AttachmentRecord, keyText, routerName } from '../attachment-record.ts';
import { ip } from '../ip-batch.ts';
import { exchange } from '../netlink/exchange.ts';
import type { PodNetwork } from '../network.ts';
import { askNobody } from '../quiet-device.ts';
import type { RouterSide } from '../router-side.ts';
import { hostEnd } from '../trunk-names.ts';
import { announce } from './announce.ts';
import { configureLines, missingInContainer } from './container-side.ts';
import type { Link } from './link.ts';
import { untilOwn } from './own-addresses.ts';

/** A TAP of the router's, moved into the container: it lives as long as the router that has made it. */
export class TapLink implements Link {
  readonly #router: RouterSide;

  constructor(router: RouterSide) {
    this.#router = router;
  }

  async attach(record: AttachmentRecord, network: PodNetwork): Promise<void> {
    const { number, interface: name, netns, mac, mtu } = record;
    const doing = `attach ${keyText(record)}`;
    const device = hostEnd(record);
    await this.#router.addPort(record, network, `net_tap_pod${number},iface=${device}`);
    await ip([`link set dev ${device} netns ${netns} name ${name}`], { doing });
    await exchange([{ enter: netns }, ...askNobody(name, network)], { doing });
    // DPDK gives both ends the same address.
    const own = `link set dev ${name} down address ${mac} mtu ${mtu}`;
    await ip([own, ...configureLines(record)], { doing, netns });
    await untilOwn(record);
    await announce(record, network);
  }

  async detach(record: AttachmentRecord): Promise<void> {
    await this.#router.remove(routerName(record));
  }

  /** The TAP of the router before went with it. */
  restore(record: AttachmentRecord, network: PodNetwork): Promise<void> {
    return this.attach(record, network);
  }

  missing(record: AttachmentRecord): Promise<string | undefined> {
    return missingInContainer(record);
  }
}
