import { ApiError } from '../../engine/api-error.ts';
import { formatAddress, type IpAddress } from '../../net/address.ts';
import type { Mac } from '../../net/mac.ts';
import type { Interface, TakeFunctions } from '../interface/index.ts';
import type { NeighborRouter } from './host.ts';
import {
  MAX_NEXT_HOPS,
  NEXT_HOP_CONNECTED,
  NEXT_HOP_FAILED,
  NEXT_HOP_LOCAL,
  NEXT_HOP_RESOLVED,
} from './layout.ts';
import type { Neighbor } from './neighbor-state.ts';
import { interfaceOf, isOwnAddress, type NextHop } from './next-hop.ts';
import type { NextHopStages, StagePair } from './routing.ts';
import { addressWords, macWord } from './wire-words.ts';

/** The next-hop table in the shared memory: the only caller of datapath/next-hops.ts. */
export class NextHopRecords {
  readonly #router: NeighborRouter;
  readonly #stages: NextHopStages;
  readonly #table: Table;
  readonly #encapsulations = new Map<string, string>();
  /** The stages that take packets to encapsulations of which IP's are not the ones. */
  readonly #kindTakers = new Map<string, StagePair>();
  readonly #takers = new Map<string, string>();
  readonly #freed = new Set<number>();
  readonly #leaving: number[] = [];
  #fresh = 1;
  #draining = false;

  constructor(router: NeighborRouter, stages: NextHopStages) {
    this.#router = router;
    this.#stages = stages;
    this.#table = router.tables<Table>(tableNames);
    for (const [key, { ipv4, ipv6 }] of Object.entries(stages)) {
      if (key === 'output') continue;
      router.dispatch.note({ table: 'next-hop-input', key: `${key} ipv4`, stage: ipv4 });
      router.dispatch.note({ table: 'next-hop-input', key: `${key} ipv6`, stage: ipv6 });
    }
  }

  /** Says which stage puts an encapsulation round packets, and which take packets to it where these are not IP's. */
  defineEncapsulation(kind: string, stage: string, takers?: StagePair): void {
    this.#encapsulations.set(kind, stage);
    if (takers) this.#kindTakers.set(kind, takers);
    this.#router.dispatch.note({ table: 'next-hop-output', key: kind, stage });
  }

  /** Says which stage takes packets of IPv4 to an address first, or that none does: for what is written from now on. */
  setTaker(iface: number, address: IpAddress, stage: string | undefined): void {
    const key = takerKey(iface, address);
    if (stage === undefined) this.#takers.delete(key);
    else this.#takers.set(key, stage);
  }

  /** What next hops can put round packets. */
  get encapsulations(): Iterable<string> {
    return this.#encapsulations.keys();
  }

  /** Takes an index that no packet can name, or undefined when there is none left. */
  take(): number | undefined {
    const fresh = this.#fresh < MAX_NEXT_HOPS && this.#freed.size < QUARANTINE;
    if (fresh) return this.#fresh++;
    // The one that was freed first: the longer ago, the surer that nothing remembers it.
    for (const index of this.#freed) {
      this.#freed.delete(index);
      return index;
    }
    return undefined;
  }

  /** Gives an index back that no table leads to any more; it is used again when no packet can name it. */
  retire(index: number): void {
    this.#leaving.push(index);
    if (!this.#draining) void this.#drain();
  }

  /** Writes what packets need of a next hop. */
  write(nextHop: NextHop, around: Surroundings): void {
    const { index, target } = nextHop;
    const pair = this.#taken(nextHop, stagesOf(nextHop, this.#stages, around.neighbor));
    const own = around.iface?.mac;
    const given = around.neighbor?.mac ?? (target.type === 'L3' ? target.mac : undefined);
    const mac = around.iface?.pointToPoint ? own : given;
    if (mac && own) this.#table.setNextHopMacs(index, macWord(mac), macWord(own));
    const address = target.type === 'L3' ? target.address : undefined;
    const { low, high } = address ? addressWords(address) : { low: 0n, high: 0n };
    this.#table.setNextHopAddress(index, nextHop.vrf, low, high);
    const encapsulation = target.type === 'encapsulation' ? target : undefined;
    const stage = this.#encapsulations.get(encapsulation?.kind ?? '');
    this.#table.setNextHopOutput(index, stage ? this.#router.node(stage) : 0, encapsulation?.record ?? 0);
    const nodes = [this.#router.node(pair.ipv4), this.#router.node(pair.ipv6)] as const;
    const flags = flagsOf(nextHop, mac, around.neighbor);
    const mtu = encapsulation?.mtu ?? around.iface?.mtu ?? 0;
    this.#table.setNextHop(index, ...nodes, interfaceOf(nextHop), mtu, flags);
  }

  /** Puts a new table of a group's members, by slot, in the old one's place. @throws ApiError ENOMEM, and the old one stays */
  writeMembers(index: number, slots: readonly number[]): void {
    const members = slots.length === 0 ? 0 : this.#table.newMembers(slots.length);
    if (members === 0 && slots.length > 0) {
      throw new ApiError('ENOMEM', {
        doing: 'write the members of a group',
        expected: `${slots.length * 4} bytes of table memory`,
        received: 'none left',
      });
    }
    slots.forEach((member, place) => {
      this.#table.setMember(members, place, member);
    });
    this.#table.publishMembers(index, members, slots.length);
  }

  /** Gives back the tables of members that the records of a build before lead to, by its functions. */
  releaseMembers(take: TakeFunctions): void {
    const { publishMembers } = take<Table>(['publishMembers']);
    for (let index = 1; index < this.#fresh; index++) publishMembers(index, 0, 0);
  }

  /** What packets have noted of their use: another number than before when there were any. */
  used(index: number): number {
    return this.#table.nextHopUsed(index);
  }

  #taken({ target }: NextHop, pair: StagePair): StagePair {
    if (target.type === 'encapsulation') return this.#kindTakers.get(target.kind) ?? pair;
    if (!isOwnAddress(target)) return pair;
    return { ...pair, ipv4: this.#takers.get(takerKey(target.iface, target.address)) ?? pair.ipv4 };
  }

  /**
   * Twice: a packet that was injected before the first quiet point is handled after it. Nobody waits for a few: to add a
   * pod retires two, and with every worker woken up for them, and looked at until it was, that took the control thread
   * 30 turns.
   */
  async #drain(): Promise<void> {
    this.#draining = true;
    while (this.#leaving.length > 0) {
      const batch = this.#leaving.splice(0);
      try {
        for (let times = 0; times < 2; times++)
          await (batch.length > FEW ? this.#router.quiet() : this.#router.quietUnhurried());
      } catch (error) {
        this.#router.log.error({ error, count: batch.length }, 'next hops stay retired: a worker is stuck');
        continue;
      }
      for (const index of batch) {
        this.#table.clearNextHop(index);
        this.#freed.add(index);
      }
    }
    this.#draining = false;
  }
}

/** What a record holds beside its next hop. */
export interface Surroundings {
  readonly iface: Interface | undefined;
  readonly neighbor?: Neighbor | undefined;
}

/** Retired next hops that others can do without for a while. */
const FEW = 256;
/** Freed indices that rest while others are left: what names one by mistake names nothing. */
const QUARANTINE = 4096;

interface Table {
  setNextHop(index: number, node4: number, node6: number, iface: number, mtu: number, flags: number): void;
  setNextHopOutput(index: number, node: number, record: number): void;
  setNextHopMacs(index: number, destination: bigint, source: bigint): void;
  setNextHopAddress(index: number, vrf: number, low: bigint, high: bigint): void;
  nextHopUsed(index: number): number;
  newMembers(count: number): number;
  setMember(members: number, place: number, index: number): void;
  publishMembers(index: number, members: number, count: number): void;
  clearNextHop(index: number): void;
}

const tableNames = [
  'setNextHop',
  'setNextHopOutput',
  'setNextHopMacs',
  'setNextHopAddress',
  'nextHopUsed',
  'newMembers',
  'setMember',
  'publishMembers',
  'clearNextHop',
] as const;

function stagesOf({ target }: NextHop, stages: NextHopStages, neighbor: Neighbor | undefined): StagePair {
  switch (target.type) {
    case 'L3':
      return neighbor?.state === 'failed' ? stages.unreachable : stages.forward;
    case 'connected':
      return stages.forward;
    case 'taken':
      return stages.reject;
    default:
      return stages[target.type];
  }
}

function takerKey(iface: number, address: IpAddress): string {
  return `${iface} ${formatAddress(address)}`;
}

function flagsOf({ target }: NextHop, mac: Mac | undefined, neighbor: Neighbor | undefined): number {
  if (target.type === 'local') return NEXT_HOP_LOCAL;
  if (target.type !== 'L3' && target.type !== 'connected') return 0;
  if (neighbor?.state === 'failed') return NEXT_HOP_FAILED;
  if (mac) return NEXT_HOP_RESOLVED;
  return target.type === 'L3' && target.address ? 0 : NEXT_HOP_CONNECTED;
}
