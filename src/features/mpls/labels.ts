import { ApiError } from '../../engine/api-error.ts';
import type { Rewrite } from '../../engine/host/rewrites.ts';
import type { RouterEvent } from '../../engine/host/router-event.ts';
import type { Interface, Interfaces } from '../interface/index.ts';
import type { NextHop, NextHops } from '../neighbor/index.ts';
import { checkLabel, checkPushed, type Label, type LabelTarget } from './label.ts';
import type { LabelCounters } from './label-counters.ts';
import { FreeLabels } from './label-range.ts';
import type { LabelStacks, TableRouter } from './label-stacks.ts';
import {
  LABEL_CONTROL_WORD,
  LABEL_TO_INTERFACE,
  LABEL_TO_NEXT_HOP,
  LABEL_TO_STACK,
  LABEL_TO_VRF,
} from './layout.ts';
import { checkStaysWay, checkWay } from './ways.ts';

/** What the labels need. */
export interface LabelNeeds {
  readonly interfaces: Pick<Interfaces, 'find' | 'list' | 'listen' | 'vrfName'>;
  readonly nextHops: NextHops;
  readonly stacks: LabelStacks;
  readonly counters: Pick<LabelCounters, 'begin' | 'end'>;
}

/** All labels that mean something here: the only writer of the label table. */
export class Labels {
  /** Where labels are taken from that nobody has chosen. */
  readonly free = new FreeLabels();
  readonly #emit: (event: RouterEvent) => void;
  readonly #needs: LabelNeeds;
  readonly #table: Table;
  readonly #all = new Map<number, Entry>();
  readonly #byNextHop = new Map<number, Set<number>>();
  readonly #listeners: ((used: boolean) => void)[] = [];

  constructor(router: TableRouter & { readonly emit: (event: RouterEvent) => void }, needs: LabelNeeds) {
    this.#emit = (event) => router.emit(event);
    this.#needs = needs;
    this.#table = router.tables<Table>(['setLabel', 'hookMpls']);
    this.#table.hookMpls();
    needs.nextHops.nameUsers((index) => this.#usersOf(index));
    needs.nextHops.listen({
      changed: (_, after) => this.#checkChange(after),
      removing: ({ index }) => this.#dropAll(this.#byNextHop.get(index)),
    });
    needs.interfaces.listen({ removing: (iface) => this.#dropAll(this.#leadingTo(iface)) });
  }

  /** How all labels are written again for a build that has them elsewhere. */
  get rewrite(): Rewrite {
    return {
      tables: ['LABEL_TABLE'],
      write: () => {
        this.#table.hookMpls();
        for (const [label, entry] of this.#all) this.#table.setLabel(label, ...this.#wordOf(entry));
      },
    };
  }

  /** Tells from now on when the first label gets a meaning, and when the last has lost its own. */
  onUsed(listener: (used: boolean) => void): void {
    this.#listeners.push(listener);
  }

  /** All labels, in their order. */
  get all(): readonly Label[] {
    return [...this.#all.values()].map(({ label }) => label).sort((a, b) => a.label - b.label);
  }

  get size(): number {
    return this.#all.size;
  }

  /** How many lead to something of a type. */
  count(type: LabelTarget['type']): number {
    let count = 0;
    for (const { label } of this.#all.values()) if (label.target.type === type) count++;
    return count;
  }

  find(label: number): Label | undefined {
    return this.#all.get(label)?.label;
  }

  /** Says what becomes of packets with a label, or with one that is free; what it was before goes. @throws ApiError EINVAL, E2BIG, ENOSPC */
  add(wanted: number | undefined, target: LabelTarget): Label {
    const doing = `add label${wanted === undefined ? '' : ` ${wanted}`}`;
    if (wanted !== undefined) checkLabel(doing, wanted);
    this.#check(doing, target);
    const label = { label: wanted ?? this.free.next(doing, (each) => this.#all.has(each)), target };
    const before = this.#all.get(label.label);
    const stack = target.type === 'swap' ? this.#makeStack(doing, target) : 0;
    if (!before) this.#needs.counters.begin(label.label);
    this.#put({ label, stack });
    if (before) this.#letGo(before);
    this.#tell(before ? 'change' : 'add', label);
    if (!before && this.#all.size === 1) this.#tellUsed(true);
    return label;
  }

  /** Takes a label's meaning away. @throws ApiError ENOENT */
  remove(label: number): void {
    if (this.#drop(label)) return;
    const doing = `delete label ${label}`;
    throw new ApiError('ENOENT', { doing, expected: 'a label that has a meaning', received: String(label) });
  }

  #check(doing: string, target: LabelTarget): void {
    if (target.type === 'swap') checkPushed(doing, target.labels);
    if (target.type !== 'swap') return;
    const nextHop = this.#needs.nextHops.find(target.nextHop);
    if (nextHop) checkWay(doing, this.#needs, nextHop);
  }

  #makeStack(doing: string, { labels, nextHop }: Extract<LabelTarget, { type: 'swap' }>): number {
    return this.#needs.stacks.make(doing, { labels, via: nextHop });
  }

  #put(entry: Entry): void {
    const { label, target } = entry.label;
    const nextHop = nextHopOf(target);
    if (nextHop !== undefined) {
      this.#needs.nextHops.use(nextHop);
      const users = this.#byNextHop.get(nextHop) ?? new Set();
      this.#byNextHop.set(nextHop, users.add(label));
    }
    this.#all.set(label, entry);
    this.#table.setLabel(label, ...this.#wordOf(entry));
  }

  /** Takes back what a meaning that is gone has used. */
  #letGo({ label: { label, target }, stack }: Entry): void {
    const nextHop = nextHopOf(target);
    if (nextHop !== undefined) {
      const now = this.#all.get(label)?.label.target;
      if (now === undefined || nextHopOf(now) !== nextHop) this.#byNextHop.get(nextHop)?.delete(label);
      if (this.#byNextHop.get(nextHop)?.size === 0) this.#byNextHop.delete(nextHop);
      this.#needs.nextHops.unuse(nextHop);
    }
    if (stack !== 0) this.#needs.stacks.release(stack);
  }

  #drop(label: number): boolean {
    const entry = this.#all.get(label);
    if (!entry) return false;
    this.#table.setLabel(label, 0, 0);
    this.#all.delete(label);
    this.#needs.counters.end(label);
    this.#letGo(entry);
    this.#tell('del', entry.label);
    if (this.#all.size === 0) this.#tellUsed(false);
    return true;
  }

  #tellUsed(used: boolean): void {
    for (const listener of this.#listeners) listener(used);
  }

  #dropAll(labels: Iterable<number> = []): void {
    for (const label of [...labels]) this.#drop(label);
  }

  #leadingTo(iface: Interface): readonly number[] {
    return this.all.filter(({ target }) => leadsTo(target, iface)).map(({ label }) => label);
  }

  #wordOf({ label: { target }, stack }: Entry): readonly [kind: number, value: number] {
    switch (target.type) {
      case 'vrf': {
        const iface = this.#needs.interfaces.list.find(
          ({ type, vrf }) => type === 'vrf' && vrf === target.vrf,
        );
        return [LABEL_TO_VRF, target.vrf | ((iface?.id ?? 0) << 8)];
      }
      case 'nexthop':
        return [LABEL_TO_NEXT_HOP, target.nextHop];
      case 'swap':
        return [LABEL_TO_STACK, stack];
      case 'iface':
        return [LABEL_TO_INTERFACE, target.iface | (target.controlWord ? LABEL_CONTROL_WORD : 0)];
    }
  }

  /** A next hop that labels are swapped towards stays one that takes labels. @throws ApiError EBUSY */
  #checkChange(after: NextHop): void {
    const swapped = [...(this.#byNextHop.get(after.index) ?? [])].filter(
      (label) => this.find(label)?.target.type === 'swap',
    );
    checkStaysWay(this.#needs, after, named(swapped));
  }

  #usersOf(index: number): readonly string[] {
    return named([...(this.#byNextHop.get(index) ?? [])].slice(0, USERS_SHOWN));
  }

  #tell(what: 'add' | 'change' | 'del', label: Label): void {
    this.#emit({ type: `label ${what}`, text: `${label.label} ${this.#words(label.target)}` });
  }

  #words(target: LabelTarget): string {
    const { interfaces, nextHops } = this.#needs;
    const to = (index: number) => `nexthop=${nextHops.find(index)?.id}`;
    switch (target.type) {
      case 'vrf':
        return `vrf=${interfaces.vrfName(target.vrf)}`;
      case 'nexthop':
        return to(target.nextHop);
      case 'swap':
        return `swap=${target.labels.join(',')} ${to(target.nextHop)}`;
      case 'iface':
        return `iface=${interfaces.find(target.iface)?.name}${target.controlWord ? ' control-word' : ''}`;
    }
  }
}

interface Entry {
  readonly label: Label;
  /** The stack that takes its place, zero for none. */
  readonly stack: number;
}

interface Table {
  setLabel(label: number, kind: number, value: number): void;
  hookMpls(): void;
}

const USERS_SHOWN = 5;

function named(labels: readonly number[]): readonly string[] {
  return labels.map((label) => `label ${label}`);
}

function nextHopOf(target: LabelTarget): number | undefined {
  return 'nextHop' in target ? target.nextHop : undefined;
}

function leadsTo(target: LabelTarget, { id, type, vrf }: Interface): boolean {
  if (target.type === 'iface') return target.iface === id;
  return target.type === 'vrf' && type === 'vrf' && target.vrf === vrf;
}
