import { steerFromPod } from '../../../engine/host/steer.ts';
import { type AttachmentRecord, keyText, routerName } from '../attachment-record.ts';
import { ip } from '../ip-batch.ts';
import type { PodNetwork } from '../network.ts';
import { leaveToContainer } from '../quiet-device.ts';
import type { RouterSide } from '../router-side.ts';
import { HOST_END_INDEX_BASE, hostEnd, TRUNK_KERNEL_END } from '../trunk-names.ts';
import { configureLines, missingInContainer } from './container-side.ts';
import type { Link } from './link.ts';

/** A veth pair, whose host end is a VLAN of the trunk. */
export class VethLink implements Link {
  readonly #router: RouterSide;

  constructor(router: RouterSide) {
    this.#router = router;
  }

  async attach(record: AttachmentRecord, network: PodNetwork): Promise<void> {
    // Both are waited for: what one has made is not to appear after the other's failure was cleaned up.
    const results = await Promise.allSettled([this.#addPair(record), this.#router.addVlan(record, network)]);
    for (const result of results) if (result.status === 'rejected') throw result.reason;
    leaveToContainer(hostEnd(record));
    steerFromPod(hostEnd(record), TRUNK_KERNEL_END, HOST_END_INDEX_BASE);
  }

  async detach(record: AttachmentRecord): Promise<void> {
    const doing = `detach ${keyText(record)}`;
    await Promise.all([
      ip([`link del dev ${hostEnd(record)}`], { doing, force: true }),
      this.#router.remove(routerName(record)),
    ]);
  }

  async restore(record: AttachmentRecord, network: PodNetwork): Promise<void> {
    await this.#router.addVlan(record, network);
  }

  missing(record: AttachmentRecord): Promise<string | undefined> {
    return missingInContainer(record);
  }

  /** From inside the container's namespace, so that all of it is one process. */
  async #addPair(record: AttachmentRecord): Promise<void> {
    const { number, mtu, mac, interface: name, netns } = record;
    const here = `/proc/${process.pid}/ns/net`;
    const own = `${hostEnd(record)} index ${HOST_END_INDEX_BASE + number} mtu ${mtu} netns ${here}`;
    const line = `link add name ${own} type veth peer name ${name} address ${mac} mtu ${mtu}`;
    await ip([line, ...configureLines(record)], { doing: `attach ${keyText(record)}`, netns });
  }
}
