import type { TakeFunctions } from '../interface/index.ts';
import type { BridgeSettings } from './bridge-settings.ts';
import { BRIDGE_FLOOD, BRIDGE_LEARN, BRIDGE_SUPPRESS, BRIDGE_UP } from './layout.ts';

/** The table of bridges in the shared memory, as JavaScript values. The only caller of datapath/bridges.ts. */
export class BridgeTable {
  readonly #functions: BridgeFunctions;

  constructor(take: TakeFunctions) {
    this.#functions = take<BridgeFunctions>(bridgeFunctions);
  }

  /** Writes a bridge but for its members. */
  write(id: number, bridge: BridgeSettings & { readonly up: boolean }): void {
    const flags =
      (bridge.up ? BRIDGE_UP : 0) |
      (bridge.learn ? BRIDGE_LEARN : 0) |
      (bridge.flood ? BRIDGE_FLOOD : 0) |
      (bridge.neighSuppress ? BRIDGE_SUPPRESS : 0);
    this.#functions.setBridge(id, flags, bridge.ageingTime);
  }

  /** Writes a bridge's members, in one step. */
  writeMembers(id: number, members: readonly number[]): void {
    const block = this.#functions.newBridgeMembers(members.length);
    if (block === 0) throw new Error(`no memory is left for the members of bridge ${id}`);
    members.forEach((member, place) => {
      this.#functions.setBridgeMember(block, place, member);
    });
    this.#functions.publishBridgeMembers(id, block);
  }

  /** Gives back the lists of members that the bridges of a build before lead to, by its functions. */
  releaseMembers(before: TakeFunctions, ids: Iterable<number>): void {
    const { publishBridgeMembers } = before<BridgeFunctions>(['publishBridgeMembers']);
    for (const id of ids) publishBridgeMembers(id, 0);
  }

  /** Takes a bridge out of use. */
  clear(id: number): void {
    this.#functions.setBridge(id, 0, 0);
    this.#functions.publishBridgeMembers(id, 0);
  }
}

interface BridgeFunctions {
  setBridge(id: number, flags: number, ageing: number): void;
  newBridgeMembers(count: number): number;
  setBridgeMember(block: number, place: number, member: number): void;
  publishBridgeMembers(id: number, block: number): void;
}

const bridgeFunctions = ['setBridge', 'newBridgeMembers', 'setBridgeMember', 'publishBridgeMembers'] as const;
