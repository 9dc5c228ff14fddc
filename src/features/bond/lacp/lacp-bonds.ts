import type { Router } from '../../../engine/host/router.ts';
import { sameMac } from '../../../net/mac.ts';
import type { Interface, Interfaces } from '../../interface/index.ts';
import type { Choice } from '../choice.ts';
import { LacpBond, type LacpView } from './lacp-bond.ts';

/** What LACP needs of the router. */
export type LacpRouter = Pick<Router, 'send' | 'onPunt'> & {
  readonly packets: Pick<Router['packets'], 'bytes' | 'free'>;
};

/** LACP of all bonds in that mode. */
export class LacpBonds {
  readonly #router: LacpRouter;
  readonly #nowMs: () => number;
  readonly #bonds = new Map<number, LacpBond>();

  /** @param changed is told of a bond whose members may be used otherwise than before */
  constructor(
    router: LacpRouter,
    {
      interfaces,
      nowMs,
      changed,
    }: {
      readonly interfaces: Pick<Interfaces, 'find'>;
      readonly nowMs: () => number;
      readonly changed: (bond: number) => void;
    },
  ) {
    this.#router = router;
    this.#nowMs = nowMs;
    router.onPunt('bond-input', ({ iface, packet }) => {
      if (packet === undefined) return;
      const frame = router.packets.bytes(packet).slice();
      router.packets.free(packet);
      const bond = interfaces.find(iface)?.domain ?? 0;
      if (!this.#bonds.has(bond)) return;
      this.#bonds.get(bond)?.receive(iface, frame, nowMs());
      changed(bond);
    });
  }

  /** Ids of the bonds in mode lacp. */
  get ids(): readonly number[] {
    return [...this.#bonds.keys()];
  }

  /** Which members act as one now. */
  choose(bond: Interface, members: readonly Interface[]): Choice {
    const known = this.#bonds.get(bond.id);
    if (known && !sameMac(known.system, bond.mac)) known.close();
    const lacp = known && sameMac(known.system, bond.mac) ? known : this.#make(bond);
    lacp.setMembers(members, this.#nowMs());
    return lacp.choice;
  }

  /** What is known of a member. */
  view(bond: number, member: number): LacpView | undefined {
    return this.#bonds.get(bond)?.view(member);
  }

  /** Ends LACP of a bond: the other end is told. */
  end(bond: number): void {
    this.#bonds.get(bond)?.close();
    this.#bonds.delete(bond);
  }

  /** Ends LACP of all bonds. */
  close(): void {
    for (const bond of this.ids) this.end(bond);
  }

  #make({ id, mac }: Interface): LacpBond {
    const send = (output: number, frame: Uint8Array) =>
      void this.#router.send(frame, 'frame-output', { output });
    const made = new LacpBond({ system: mac, key: id, send });
    this.#bonds.set(id, made);
    return made;
  }
}
