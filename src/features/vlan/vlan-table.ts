import { ApiError } from '../../engine/api-error.ts';
import type { Rewrite } from '../../engine/host/rewrites.ts';
import { VLAN_BLOCKS } from './layout.ts';

/** What the table needs of the router. */
export interface VlanTableNeeds {
  readonly functions: VlanFunctions;
  /** Resolves when no worker sees what was unlinked before. */
  readonly quiet: () => Promise<void>;
}

/** Functions of datapath/vlans.ts. */
export interface VlanFunctions {
  setVlanBlock(parent: number, block: number): void;
  setVlanMember(block: number, vlanId: number, id: number): void;
}

export const vlanFunctionNames = ['setVlanBlock', 'setVlanMember'] as const;

/** Which sub-interface has which VLAN of which interface, here and in the shared memory: the one writer there. */
export class VlanTable {
  readonly #needs: VlanTableNeeds;
  readonly #parents = new Map<number, { readonly block: number; readonly members: Map<number, number> }>();
  readonly #free: number[] = [];
  #next = 1;

  constructor(needs: VlanTableNeeds) {
    this.#needs = needs;
  }

  /** How all sub-interfaces are written again for a build that has them elsewhere. */
  get rewrite(): Rewrite {
    return {
      tables: ['VLAN_PARENTS', 'VLAN_MEMBERS'],
      write: () => {
        for (const [parent, { block, members }] of this.#parents) {
          for (const [vlanId, id] of members) this.#needs.functions.setVlanMember(block, vlanId, id);
          this.#needs.functions.setVlanBlock(parent, block);
        }
      },
    };
  }

  /** The sub-interface of a VLAN on an interface. */
  find(parent: number, vlanId: number): number | undefined {
    return this.#parents.get(parent)?.members.get(vlanId);
  }

  /** All sub-interfaces of an interface. */
  members(parent: number): readonly number[] {
    return [...(this.#parents.get(parent)?.members.values() ?? [])];
  }

  /** Checks that an interface can have a first sub-interface. @throws ApiError ENOSPC */
  checkRoom(doing: string, parent: number): void {
    if (this.#parents.has(parent) || this.#free.length > 0 || this.#next < VLAN_BLOCKS) return;
    const expected = `at most ${VLAN_BLOCKS - 1} interfaces with sub-interfaces`;
    throw new ApiError('ENOSPC', { doing, expected, received: 'one more' });
  }

  /** Gives a VLAN to a sub-interface; there is room for it. */
  add(parent: number, vlanId: number, id: number): void {
    const { block, members } = this.#parents.get(parent) ?? this.#open(parent);
    members.set(vlanId, id);
    this.#needs.functions.setVlanMember(block, vlanId, id);
  }

  /** Takes a VLAN from its sub-interface. */
  delete(parent: number, vlanId: number): void {
    const found = this.#parents.get(parent);
    if (!found?.members.delete(vlanId)) return;
    this.#needs.functions.setVlanMember(found.block, vlanId, 0);
    if (found.members.size === 0) this.#close(parent, found.block);
  }

  #open(parent: number) {
    const opened = { block: this.#free.pop() ?? this.#next++, members: new Map<number, number>() };
    this.#parents.set(parent, opened);
    this.#needs.functions.setVlanBlock(parent, opened.block);
    return opened;
  }

  /** A block that a worker may still be reading waits; one that stands still keeps it for good. */
  #close(parent: number, block: number): void {
    this.#parents.delete(parent);
    this.#needs.functions.setVlanBlock(parent, 0);
    this.#needs.quiet().then(
      () => this.#free.push(block),
      () => undefined,
    );
  }
}
