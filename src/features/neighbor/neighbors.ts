import type { Punt } from '../../engine/host/punts.ts';
import { formatAddress, type IpAddress } from '../../net/address.ts';
import { type Mac, sameMac } from '../../net/mac.ts';
import type { Interface } from '../interface/index.ts';
import { AddressDefence } from './address-defence.ts';
import type { Answers } from './answers.ts';
import type { NeighborConfig } from './config.ts';
import { heardEvent, isStranger } from './hearing.ts';
import type { Held } from './held.ts';
import type { InterfaceList, NeighborRouter } from './host.ts';
import { HEARD_CLAIM, HEARD_CONFLICT } from './layout.ts';
import {
  type Neighbor,
  type NeighborAction,
  type NeighborEvent,
  newNeighbor,
  stepNeighbor,
} from './neighbor-state.ts';
import { isNeighbor, type NeighborHop, type NextHop } from './next-hop.ts';
import type { NextHopEvents } from './next-hop-events.ts';
import type { NextHopRecords } from './next-hop-records.ts';
import type { NextHopTable } from './next-hop-table.ts';
import { questionFrame } from './probes.ts';
import type { NextHopStages, Routing } from './routing.ts';
import { Timers } from './timers.ts';
import { type DropName, WaitingRoom } from './waiting-room.ts';
import { type Heard, readHeard } from './wire-words.ts';

/** Hears that a neighbour came or went: routes to it alone are the routing feature's. */
export type NeighborListener = (change: 'created' | 'removed', neighbor: NeighborNotice) => void;

export interface NeighborNotice {
  readonly vrf: number;
  readonly iface: number;
  readonly address: IpAddress;
  /** The next hop's index. */
  readonly index: number;
}

/** What the neighbours are made of. */
export interface NeighborParts {
  readonly router: NeighborRouter;
  readonly interfaces: InterfaceList;
  readonly answers: Pick<Answers, 'announce' | 'claimed'>;
  readonly events: NextHopEvents;
  readonly table: NextHopTable;
  readonly records: NextHopRecords;
  readonly stages: NextHopStages;
  readonly routing: () => Routing;
  readonly config: () => NeighborConfig;
  readonly nowMs: () => number;
}

/** The neighbours among the next hops: asked for when a packet waits, kept while they answer, forgotten when not. */
export class Neighbors {
  readonly #parts: NeighborParts;
  readonly #lives = new Map<number, Life>();
  readonly #waiting: WaitingRoom;
  readonly #timers: Timers<number>;
  readonly #listeners: NeighborListener[] = [];
  readonly #defence: AddressDefence;

  constructor(parts: NeighborParts) {
    this.#parts = parts;
    this.#defence = new AddressDefence(parts, (iface, address) => parts.answers.announce(iface, address));
    this.#waiting = new WaitingRoom(parts.router, parts.stages);
    this.#timers = new Timers({ tickMs: TICK_MS, nowMs: parts.nowMs() });
    parts.table.listen({
      added: (nextHop) => isNeighbor(nextHop) && this.#begin(nextHop),
      changed: (before, after) => this.#replace(before, after),
      removing: (nextHop) => isNeighbor(nextHop) && this.#end(nextHop),
    });
    parts.router.onPunt('neighbor-hold', (punt) => this.#onHold(punt));
    for (const stage of ['arp-input', 'nd-solicitation', 'nd-advertisement']) {
      parts.router.onPunt(stage, (punt) => this.#onHeard(punt));
    }
  }

  /** Listens to neighbours that come and go. */
  listen(listener: NeighborListener): void {
    this.#listeners.push(listener);
  }

  /** Gives held packets of an ethertype that is not IP's to a stage. */
  takeHeld(etherType: number, stage: string): void {
    this.#waiting.takeType(etherType, stage);
  }

  /** What is known of a neighbour. */
  find(index: number): Neighbor | undefined {
    return this.#lives.get(index)?.neighbor;
  }

  /** Packets that wait for a neighbour. */
  heldFor(index: number): number {
    return this.#waiting.count(index);
  }

  /** Finds the neighbour with an address on an interface, or makes it. @throws ApiError ENOSPC */
  resolve(iface: Interface, address: IpAddress): NeighborHop {
    const found = this.#parts.table.findNeighbor(iface.id, address);
    if (found) return found;
    const made = this.#parts.table.add(`resolve ${formatAddress(address)} on ${iface.name}`, {
      id: 0,
      origin: 'learn',
      vrf: iface.vrf,
      target: { type: 'L3', iface: iface.id, address, mac: undefined, remote: false },
    });
    if (!isNeighbor(made)) throw new Error('a next hop with an address is a neighbour');
    return made;
  }

  /** Writes a neighbour's record again, after its interface or its use has changed. */
  rewrite(nextHop: NeighborHop): void {
    const { records, interfaces } = this.#parts;
    const iface = interfaces.find(nextHop.target.iface);
    records.write(nextHop, { iface, neighbor: this.find(nextHop.index) });
  }

  /** Forgets what was learnt on an interface: what nobody needs goes, the others start anew. */
  forgetLearned(iface: number): void {
    for (const nextHop of this.#parts.table.ofInterface(iface)) {
      if (!isNeighbor(nextHop)) continue;
      if (!this.#isKept(nextHop)) this.#parts.table.remove(nextHop);
      else if (!this.find(nextHop.index)?.fixed) this.#restart(nextHop);
    }
  }

  /** Lets all neighbours follow a change of the configuration. */
  reconfigure(): void {
    for (const index of [...this.#lives.keys()]) {
      const nextHop = this.#parts.table.find(index);
      if (nextHop && isNeighbor(nextHop)) this.#take(nextHop, { type: 'configured' });
    }
  }

  /** Does what time has brought. */
  tick(): void {
    for (const index of this.#timers.takeDue(this.#parts.nowMs())) {
      const nextHop = this.#parts.table.find(index);
      const life = this.#lives.get(index);
      if (!nextHop || !isNeighbor(nextHop) || !life) continue;
      this.#take(nextHop, { type: 'timeout', used: this.#parts.records.used(index) !== life.usedMark });
    }
  }

  #begin(nextHop: NeighborHop): void {
    this.#restart(nextHop);
    this.#notify('created', nextHop);
  }

  #replace(before: NextHop, after: NextHop): void {
    if (isNeighbor(before) && isNeighbor(after) && isSame(before, after)) {
      if (!sameGiven(before.target.mac, after.target.mac)) this.#restart(after);
      else this.rewrite(after);
      if (before.vrf !== after.vrf) {
        this.#notify('removed', before);
        this.#notify('created', after);
      }
      return;
    }
    if (isNeighbor(before)) this.#end(before);
    if (isNeighbor(after)) this.#begin(after);
  }

  #end(nextHop: NeighborHop): void {
    this.#notify('removed', nextHop);
    this.#lives.delete(nextHop.index);
    this.#timers.set(nextHop.index, undefined);
    this.#waiting.dropAll(nextHop.index);
  }

  /** Lets a neighbour start its life, with what a user has said of it and nothing else. */
  #restart(nextHop: NeighborHop): void {
    const { mac, iface } = nextHop.target;
    const link = this.#parts.interfaces.find(iface);
    const neighbor = newNeighbor(this.#parts.nowMs(), mac ?? (link?.pointToPoint ? link.mac : undefined));
    this.#lives.set(nextHop.index, { neighbor, usedMark: 0 });
    this.#timers.set(nextHop.index, undefined);
    this.rewrite(nextHop);
    if (neighbor.mac) this.#waiting.sendAll(nextHop.index);
    else this.#waiting.dropAll(nextHop.index);
  }

  #onHold({ packet, iface, vrf, data }: Punt): void {
    if (packet === undefined) return;
    const { table, router } = this.#parts;
    const etherType = data.getUint16(4, true);
    const held: Held = { packet, fields: { ...router.packets.fields(packet), iface, vrf, etherType } };
    const asked = table.find(data.getUint32(0, true));
    const target = asked?.target;
    if (!asked || !target || (target.type !== 'L3' && target.type !== 'connected')) {
      this.#waiting.drop(held, 'neighbor-gone');
      return;
    }
    const neighbor = isNeighbor(asked) ? asked : this.#destinationOf(held, target.iface);
    if (typeof neighbor === 'string') this.#waiting.drop(held, neighbor);
    else this.#hold(held, neighbor);
  }

  #hold(held: Held, nextHop: NeighborHop): void {
    const { state } = this.#lives.get(nextHop.index)?.neighbor ?? { state: 'new' };
    if (state === 'reachable' || state === 'stale') {
      this.#waiting.send(nextHop.index, held);
    } else if (state === 'failed') {
      this.#waiting.refuse(nextHop.index, held);
    } else {
      this.#waiting.hold(nextHop.index, held, this.#parts.config().heldPackets);
      this.#take(nextHop, { type: 'packet' });
    }
  }

  /** The neighbour that a packet to a subnet is addressed to, or the drop that says why there is none. */
  #destinationOf(held: Held, ifaceId: number): NeighborHop | DropName {
    const iface = this.#parts.interfaces.find(ifaceId);
    const destination = this.#waiting.destinationOf(held);
    if (!iface || !destination) return 'neighbor-gone';
    const found = this.#parts.table.findNeighbor(ifaceId, destination);
    if (found) return found;
    return this.#isFull() ? 'neighbor-table-full' : this.resolve(iface, destination);
  }

  #onHeard({ iface: id, data }: Punt): void {
    const iface = this.#parts.interfaces.find(id);
    if (!iface) return;
    const heard = readHeard(data);
    if (heard.flags & HEARD_CLAIM) {
      this.#parts.answers.claimed(iface, heard);
      return;
    }
    if (heard.flags & HEARD_CONFLICT) {
      this.#defence.claimed(iface, heard);
      return;
    }
    const known = this.#parts.table.findNeighbor(id, heard.address);
    if (!known && !this.#mayLearn(iface, heard)) return;
    this.#take(known ?? this.resolve(iface, heard.address), heardEvent(heard));
  }

  #mayLearn(iface: Interface, heard: Heard): boolean {
    if (!isStranger(heard, iface.snooping) || this.#isFull()) return false;
    return this.#parts.routing().isOnLink(iface.id, heard.address);
  }

  /** Takes a neighbour through an event: its record first, then what is to be done. */
  #take(nextHop: NeighborHop, event: NeighborEvent): void {
    const { index } = nextHop;
    const life = this.#lives.get(index);
    if (!life) return;
    const before = life.neighbor;
    const { neighbor, actions } = stepNeighbor(before, event, {
      nowMs: this.#parts.nowMs(),
      config: this.#parts.config(),
      kept: this.#isKept(nextHop),
    });
    // What its record says of its use when it becomes stale: another number later means that it was used.
    const becomesStale = neighbor.state === 'stale' && before.state !== 'stale';
    const usedMark = becomesStale ? this.#parts.records.used(index) : life.usedMark;
    this.#lives.set(index, { neighbor, usedMark });
    this.#timers.set(index, neighbor.dueMs);
    const moved = !sameGiven(before.mac, neighbor.mac);
    if (moved || before.state !== neighbor.state) {
      this.rewrite(nextHop);
      this.#parts.events.tell('nh update', nextHop, neighbor);
    }
    for (const action of actions) this.#act(nextHop, action, before.mac);
  }

  #act(nextHop: NeighborHop, action: NeighborAction, mac: Mac | undefined): void {
    const { index } = nextHop;
    if (action === 'ask-neighbor') this.#ask(nextHop, mac);
    if (action === 'ask-link') this.#ask(nextHop, undefined);
    if (action === 'send-held') this.#waiting.sendAll(index);
    if (action === 'drop-held') this.#waiting.refuseAll(index);
    if (action === 'forget') this.#parts.table.remove(nextHop);
  }

  #ask({ target }: NeighborHop, to: Mac | undefined): void {
    const iface = this.#parts.interfaces.find(target.iface);
    if (!iface) return;
    const source = this.#parts.routing().sourceFor(iface.id, target.address);
    this.#sendFrame(iface, questionFrame({ ownMac: iface.mac, source, target: target.address, to }));
  }

  #sendFrame(iface: Interface, frame: Uint8Array): void {
    this.#parts.router.send(frame, 'frame-output', { output: iface.id, vrf: iface.vrf });
  }

  #isKept(nextHop: NeighborHop): boolean {
    return nextHop.origin !== 'learn' || this.#parts.table.users(nextHop.index) > 0;
  }

  #isFull(): boolean {
    return this.#parts.table.size >= this.#parts.table.max;
  }

  #notify(change: 'created' | 'removed', { index, vrf, target }: NeighborHop): void {
    const notice = { vrf, iface: target.iface, address: target.address, index };
    for (const listener of this.#listeners) listener(change, notice);
  }
}

interface Life {
  readonly neighbor: Neighbor;
  /** `used` of its record when it became stale. */
  readonly usedMark: number;
}

/** How exactly the neighbours' time is kept. */
export const TICK_MS = 100;
function isSame(left: NeighborHop, right: NeighborHop): boolean {
  const [a, b] = [left.target, right.target];
  return a.iface === b.iface && a.address.family === b.address.family && a.address.value === b.address.value;
}

function sameGiven(left: Mac | undefined, right: Mac | undefined): boolean {
  return left === undefined || right === undefined ? left === right : sameMac(left, right);
}
