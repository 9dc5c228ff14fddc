import { closeSync } from 'node:fs';
import type { NetlinkMessage } from '../../engine/host/netlink-message.ts';
import { steerFromPod, steerToPods } from '../../engine/host/steer.ts';
import { addProgram } from './netlink/filters.ts';
import { HOST_END_INDEX_BASE } from './trunk-names.ts';

/** The programs in the kernel that hand frames between pods' host ends and the trunk (native/steer.c); loaded when first needed. */
export class Steering {
  #fromPod: number | undefined;
  #toPods: number | undefined;

  /** What makes a host end hand all that it receives to the trunk. @throws DpdkError EPERM */
  ofHostEnd(index: number): readonly NetlinkMessage[] {
    this.#fromPod ??= steerFromPod(HOST_END_INDEX_BASE);
    return addProgram(index, this.#fromPod);
  }

  /** What makes the trunk hand all that it receives to host ends. @throws DpdkError EPERM */
  ofTrunk(): readonly NetlinkMessage[] {
    this.#toPods ??= steerToPods(HOST_END_INDEX_BASE);
    return addProgram(HOST_END_INDEX_BASE, this.#toPods);
  }

  /** Lets go of the programs; devices keep theirs. */
  close(): void {
    for (const fd of [this.#fromPod, this.#toPods]) if (fd !== undefined) closeSync(fd);
    this.#fromPod = undefined;
    this.#toPods = undefined;
  }
}
