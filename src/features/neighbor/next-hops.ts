import { ApiError } from '../../engine/api-error.ts';
import type { Rewrite } from '../../engine/host/rewrites.ts';
import { type IpAddress, sameAddress } from '../../net/address.ts';
import type { Interface } from '../interface/index.ts';
import { Answers } from './answers.ts';
import { changeConfig, defaultConfig, type NeighborConfig } from './config.ts';
import { Groups } from './groups.ts';
import type { InterfaceList, NeighborRouter } from './host.ts';
import { type NeighborListener, Neighbors } from './neighbors.ts';
import {
  addressWord,
  interfaceOf,
  isNeighbor,
  isOwnAddress,
  type NeighborHop,
  type NextHop,
  typeWord,
} from './next-hop.ts';
import { NextHopEvents } from './next-hop-events.ts';
import { NextHopRecords } from './next-hop-records.ts';
import { type NextHopListener, NextHopTable } from './next-hop-table.ts';
import { type NextHopStages, noRouting, type Routing, type StagePair } from './routing.ts';

/** Where routes can lead, for the feature that routes: it attaches first, then makes, uses and lets go by index. */
export class NextHops {
  readonly answers: Answers;
  readonly neighbors: Neighbors;
  readonly table: NextHopTable;
  readonly groups: Groups;
  readonly #router: NeighborRouter;
  readonly #records: NextHopRecords;
  readonly #interfaces: InterfaceList;
  #config = defaultConfig;
  readonly #namers: ((nextHop: number) => readonly string[])[] = [];
  #routing = noRouting;

  constructor(parts: {
    readonly router: NeighborRouter;
    readonly interfaces: InterfaceList;
    readonly stages: NextHopStages;
    readonly nowMs: () => number;
  }) {
    const { router, interfaces, stages } = parts;
    this.#router = router;
    this.#interfaces = interfaces;
    this.#records = new NextHopRecords(router, stages);
    this.answers = new Answers(router);
    this.table = new NextHopTable(this.#records, this.#config.max);
    const events = new NextHopEvents(router, interfaces);
    // The record is written before anybody is told of a next hop: first the plain ones, then neighbours.
    this.table.listen({ added: (added) => this.#write(added), changed: (_, after) => this.#write(after) });
    this.groups = new Groups(this.table, this.#records);
    this.neighbors = new Neighbors({
      router,
      interfaces,
      answers: this.answers,
      events,
      table: this.table,
      records: this.#records,
      stages,
      routing: () => this.#routing,
      config: () => this.#config,
      nowMs: parts.nowMs,
    });
    const tell = (type: 'nh new' | 'nh update' | 'nh del', nextHop: NextHop) =>
      events.tell(type, nextHop, this.neighbors.find(nextHop.index));
    this.table.listen({
      added: (added) => tell('nh new', added),
      changed: (_, after) => tell('nh update', after),
      removing: (removed) => tell('nh del', removed),
    });
    interfaces.listen({
      changed: (before, after) => this.#onInterfaceChanged(before, after),
      removing: (iface) => this.removeAll(iface.id),
      checkBound: (iface) => this.#checkBound(iface),
    });
  }

  /** Says how addresses lie on links, and which routes use what. */
  attach(routing: Routing): void {
    this.#routing = routing;
  }

  /** How neighbours are asked for and kept. */
  get config(): NeighborConfig {
    return this.#config;
  }

  /** Changes what is given, all or nothing. @throws ApiError EINVAL */
  configure(changes: Partial<NeighborConfig>): NeighborConfig {
    this.#config = changeConfig(this.#config, changes);
    this.table.max = this.#config.max;
    this.neighbors.reconfigure();
    return this.#config;
  }

  /**
   * Says which stage takes packets to next hops of a kind, once IP is done with them, and puts something round them. With
   * `takers` these stages take them instead of IP's.
   */
  defineEncapsulation(kind: string, stage: string, takers?: StagePair): void {
    this.#records.defineEncapsulation(kind, stage, takers);
  }

  /**
   * Gives packets of an ethertype that is not IP's, which were held for a neighbour, to a stage: when the neighbour has
   * answered, and when it is not there (NEXT_HOP_FAILED tells).
   */
  takeHeld(etherType: number, stage: string): void {
    this.neighbors.takeHeld(etherType, stage);
    this.#router.dispatch.note({
      table: 'neighbor-held',
      key: `0x${etherType.toString(16).padStart(4, '0')}`,
      stage,
    });
  }

  /** Lets a feature name who of its own uses a next hop, for whoever wants to remove that. */
  nameUsers(namer: (nextHop: number) => readonly string[]): void {
    this.#namers.push(namer);
  }

  /** The kinds of next hops that put something round packets. */
  get encapsulations(): readonly string[] {
    return [...this.#records.encapsulations];
  }

  /** Listens to next hops that are made, changed and removed: who uses one that is removed lets go then. */
  listen(listener: NextHopListener): void {
    this.table.listen(listener);
  }

  /** Listens to neighbours that come and go: each wants a route to itself alone, which is not counted as a user. */
  onNeighbor(listener: NeighborListener): void {
    this.neighbors.listen(listener);
  }

  find(index: number): NextHop | undefined {
    return this.table.find(index);
  }

  /** Finds what a user calls by its id. @throws ApiError ENOENT */
  withId(doing: string, id: number): NextHop {
    const found = this.table.findId(id);
    if (found) return found;
    throw new ApiError('ENOENT', { doing, expected: 'the id of a next hop', received: String(id) });
  }

  /** Index of the next hop that a user knows by an id. */
  indexOf(id: number): number | undefined {
    return this.table.findId(id)?.index;
  }

  /** Id of the interface that a next hop leads to, zero for none. */
  interfaceOf(index: number): number {
    const nextHop = this.find(index);
    return nextHop ? interfaceOf(nextHop) : 0;
  }

  /** A next hop in words. */
  show(index: number): NextHopWords | undefined {
    const nextHop = this.find(index);
    if (!nextHop) return undefined;
    const { id, target } = nextHop;
    const iface = this.#interfaces.find(interfaceOf(nextHop))?.name ?? '';
    return { id, type: typeWord(target), iface, address: addressWord(target) };
  }

  /** Makes the next hop of an address of ours; it goes when its last user lets go. @throws ApiError ENOSPC */
  local(iface: Interface, address: IpAddress): number {
    return this.#addLink(iface, { type: 'local', iface: iface.id, address }).index;
  }

  /** Makes the next hop of an address that is not ours and that a stage takes (`takeAddress`); it goes like those that are ours. @throws ApiError ENOSPC */
  taken(iface: Interface, address: IpAddress): number {
    return this.#addLink(iface, { type: 'taken', iface: iface.id, address }).index;
  }

  /**
   * Gives packets of IPv4 that are routed to an address of an interface to a stage before they are ours, or ends that.
   * NEXT_HOP_LOCAL tells the stage whether the address is ours, too.
   */
  takeAddress(iface: Interface, address: IpAddress, stage: string | undefined): void {
    this.#records.setTaker(iface.id, address, stage);
    for (const nextHop of this.table.ofInterface(iface.id))
      if (isOfAddress(nextHop, address)) this.#write(nextHop);
  }

  /** The next hop of all subnets of an interface, each of whose addresses is a neighbour; it goes with the interface. */
  connected(iface: Interface): number {
    const found = this.table.ofInterface(iface.id).find(({ target }) => target.type === 'connected');
    return (found ?? this.#addLink(iface, { type: 'connected', iface: iface.id })).index;
  }

  /** The neighbour with an address on an interface, made where there is none. @throws ApiError ENOSPC */
  resolve(iface: Interface, address: IpAddress): number {
    return this.neighbors.resolve(iface, address).index;
  }

  /** The neighbours on an interface. */
  neighborsOf(iface: number): readonly NeighborHop[] {
    return this.table.ofInterface(iface).filter(isNeighbor);
  }

  /** Removes the next hops of an interface, which no route uses any more. */
  removeAll(iface: number): void {
    for (const nextHop of this.table.ofInterface(iface)) this.table.remove(nextHop);
  }

  /** Counts users of a next hop: it is not removed while it has any. */
  use(index: number, count = 1): void {
    if (this.find(index)) this.table.use(index, count);
  }

  /** Takes users back. That of an address of ours goes with its last one; a neighbour stays as long as it answers. */
  unuse(index: number, count = 1): void {
    const nextHop = this.find(index);
    if (!nextHop) return;
    this.table.use(index, -count);
    if (isOwnAddress(nextHop.target) && this.table.users(index) === 0) this.table.remove(nextHop);
  }

  /** Tells whether anybody uses a next hop. */
  isUsed(nextHop: NextHop): boolean {
    return this.table.users(nextHop.index) > 0;
  }

  /** Names those who use a next hop: its groups, what other features say, and some of its routes. */
  usersOf({ index }: NextHop): readonly string[] {
    const groups = this.groups.withMember(index).map(({ id }) => `group ${id}`);
    const others = this.#namers.flatMap((namer) => namer(index));
    return [...groups, ...others, ...this.#routing.usersOf(index)];
  }

  /** How all next hops are written again for a build that has them elsewhere. */
  get rewrite(): Rewrite {
    return {
      tables: ['NEXT_HOPS', 'NEXT_HOP_DETAILS'],
      write: () => {
        for (const nextHop of this.table.all) this.#rewrite(nextHop);
        this.groups.rewrite();
      },
      release: (before) => this.#records.releaseMembers(before),
    };
  }

  #rewrite(nextHop: NextHop): void {
    if (isNeighbor(nextHop)) this.neighbors.rewrite(nextHop);
    else this.#write(nextHop);
  }

  #addLink(iface: Interface, target: NextHop['target']): NextHop {
    return this.table.add(`add an address to ${iface.name}`, {
      id: 0,
      origin: 'link',
      vrf: iface.vrf,
      target,
    });
  }

  #write(nextHop: NextHop): void {
    if (isNeighbor(nextHop)) return;
    const iface = this.#interfaces.find(interfaceOf(nextHop));
    this.#records.write(nextHop, { iface });
  }

  #onInterfaceChanged(before: Interface, after: Interface): void {
    const otherLink = before.parent !== after.parent || before.tag !== after.tag;
    if (otherLink || before.vrf !== after.vrf || (before.up && !after.up))
      this.neighbors.forgetLearned(after.id);
    const comesUp = after.up && after.running && !(before.up && before.running);
    if (comesUp || otherLink || before.mac.value !== after.mac.value) this.answers.announceAll(after);
    for (const nextHop of this.table.ofInterface(after.id)) {
      if (nextHop.vrf !== after.vrf) this.table.change(nextHop, { ...nextHop, vrf: after.vrf });
      else this.#rewrite(nextHop);
    }
  }

  /** What users have said of an interface's next hops stays in the way; what was learnt goes by itself. */
  #checkBound(iface: Interface): void {
    const kept = this.table.ofInterface(iface.id).filter(({ id }) => id !== 0);
    if (kept.length === 0) return;
    throw new ApiError('EBUSY', {
      doing: `bind interface ${iface.name}`,
      expected: 'an interface without next hops of users',
      received: `one with next hops ${kept.map(({ id }) => id).join(', ')}`,
    });
  }
}

function isOfAddress({ target }: NextHop, address: IpAddress): boolean {
  return isOwnAddress(target) && sameAddress(target.address, address);
}

/** What a route shows of its next hop. */
export interface NextHopWords {
  readonly id: number;
  readonly type: string;
  readonly iface: string;
  readonly address: string;
}
