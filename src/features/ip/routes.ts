import { ApiError } from '../../engine/api-error.ts';
import type { Router } from '../../engine/host/router.ts';
import { addressBits, type IpAddress } from '../../net/address.ts';
import { formatPrefix, hostPrefix, networkOf, type Prefix } from '../../net/prefix.ts';
import type { Interface, Interfaces } from '../interface/index.ts';
import type { NextHops } from '../neighbor/index.ts';
import type { VrfSizes, VrfTables } from '../vrf/index.ts';
import { type NewRoute, readRoute } from './new-route.ts';
import { numberOf, type Origin, originWord } from './origins.ts';
import { type BatchRemoval, type BatchResult, NextHopUses } from './route-batch.ts';
import type { FamilyNumber, TableRoute } from './route-page.ts';
import { familyOf, PAGE_ROUTES, type RouteBatch, RouteTables, type TableLimits } from './route-tables.ts';

/** Routes of all VRFs: the only one who changes the route tables, and who counts which next hops routes use. */
export class Routes implements VrfTables {
  readonly #router: Router;
  readonly #interfaces: Interfaces;
  readonly #nextHops: NextHops;
  readonly #tables: RouteTables;
  readonly #listeners: (() => void)[] = [];

  constructor(router: Router, interfaces: Interfaces, nextHops: NextHops) {
    this.#router = router;
    this.#interfaces = interfaces;
    this.#nextHops = nextHops;
    this.#tables = new RouteTables(router);
    for (const rewrite of this.#tables.rewrites) router.rewrites.add(rewrite);
  }

  /** Tells after each change of routes, or batch of them, that some are others now: the listener must be quick. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  open(vrf: number, sizes: VrfSizes): void {
    const { ipv4, ipv6 } = limitsOf(sizes);
    if (this.#tables.open(vrf, ipv4, ipv6)) return;
    throw new ApiError('ENOMEM', {
      doing: 'make the route tables of a VRF',
      expected: 'memory for them',
      received: 'none',
    });
  }

  resize(vrf: number, sizes: VrfSizes): void {
    const { ipv4, ipv6 } = limitsOf(sizes);
    for (const [family, limits] of [
      [4, ipv4],
      [6, ipv6],
    ] as const) {
      if (this.#tables.limit(vrf, family, limits)) continue;
      const held = `${this.#tables.count(vrf, family)} routes in ${this.#tables.blocks(vrf, family)} blocks`;
      const received = `${limits.routes} in ${limits.blocks}, and it holds ${held}`;
      throw new ApiError('EBUSY', {
        doing: 'resize the route tables of a VRF',
        expected: 'room for all its routes',
        received,
      });
    }
  }

  close(vrf: number): void {
    for (const route of this.#leadingTo(vrf, () => true)) this.#countUse(route.nextHop, route.origin, -1);
    this.#tables.close(vrf);
    this.#changed();
  }

  used(vrf: number): { readonly routes4: number; readonly routes6: number } {
    return { routes4: this.#tables.count(vrf, 4), routes6: this.#tables.count(vrf, 6) };
  }

  /** Blocks of 256 entries in a VRF's forwarding tables. */
  blocks(vrf: number): { readonly blocks4: number; readonly blocks6: number } {
    return { blocks4: this.#tables.blocks(vrf, 4), blocks6: this.#tables.blocks(vrf, 6) };
  }

  /** Adds a route, or replaces the one to the same prefix. @throws ApiError EINVAL, EHOSTUNREACH, ENOSPC */
  add(route: NewRoute): void {
    this.put(
      readRoute(route, { tables: this.#tables, nextHops: this.#nextHops, interfaces: this.#interfaces }),
    );
  }

  /** Puts a route into the table. @throws ApiError ENOSPC */
  put(route: TableRoute): void {
    this.#countUse(route.nextHop, route.origin, 1);
    const change = this.#tables.set(route.vrf, route.prefix, route.nextHop, route.origin);
    if (change.outcome === 'full') {
      this.#countUse(route.nextHop, route.origin, -1);
      const doing = `add route ${formatPrefix(route.prefix)}`;
      throw new ApiError('ENOSPC', {
        doing,
        expected: 'room in the route table of the VRF',
        received: 'a full one',
      });
    }
    if (change.outcome === 'replaced') this.#countUse(change.before, change.beforeOrigin, -1);
    this.#tell(change.outcome === 'added' ? 'add' : 'change', route);
    this.#changed();
  }

  /** Removes the route of a prefix. @throws ApiError ENOENT, EBUSY for what an address or neighbour has put there */
  remove(vrf: number, prefix: Prefix): void {
    const doing = `delete route ${formatPrefix(prefix)}`;
    const route = this.#tables.exact(vrf, networkOf(prefix));
    if (!route) {
      throw new ApiError('ENOENT', { doing, expected: 'a route to exactly this prefix', received: 'none' });
    }
    if (route.origin === LINK || route.origin === LEARN) {
      const received = `one that ${route.origin === LINK ? 'an address' : 'a neighbour'} has brought`;
      throw new ApiError('EBUSY', { doing, expected: 'a route that somebody has added', received });
    }
    this.take(vrf, route.prefix);
  }

  /** Takes the route of a prefix out of the table; false when there is none. */
  take(vrf: number, prefix: Prefix): boolean {
    const route = this.#tables.exact(vrf, prefix);
    if (!route) return false;
    this.#tell('del', route);
    this.#tables.clear(vrf, prefix);
    this.#countUse(route.nextHop, route.origin, -1);
    if (route.origin !== LEARN) this.#restoreNeighbor(vrf, prefix);
    this.#changed();
    return true;
  }

  /** Who has given the route of exactly this prefix; undefined where there is none. */
  originOf(vrf: number, prefix: Prefix): Origin | undefined {
    const route = this.#tables.exact(vrf, prefix);
    return route && originWord(route.origin);
  }

  /** The route that a packet to an address takes. */
  longest(vrf: number, address: IpAddress): TableRoute | undefined {
    return this.#tables.longest(vrf, address);
  }

  /**
   * Routes of a VRF and family, ordered by prefix, so many at a time. The table may be changed between two batches: a
   * route that is there all the time is told once, one that comes or goes meanwhile may be told or not.
   */
  *inOrder(vrf: number, family: FamilyNumber, batch: number): Generator<readonly TableRoute[]> {
    let behind: Prefix | undefined;
    for (;;) {
      const page = this.#tables.page(vrf, family, behind);
      for (let at = 0; at < page.length; at += batch) yield page.slice(at, at + batch);
      if (page.length < PAGE_ROUTES) return;
      behind = page.slice(page.length - 1, page.length)[0]?.prefix;
    }
  }

  /** Adds or replaces many routes at once, by next-hop indices; a route that fails stops no other. */
  putMany(batch: RouteBatch, nextHops: Uint32Array): BatchResult {
    const uses = new NextHopUses();
    const failed: number[] = [];
    let replaced = 0;
    for (const [i, change] of this.#tables.setMany(batch, nextHops).entries()) {
      if (change.outcome === 'full') failed.push(i);
      else uses.add(nextHops[i] ?? 0, batch.origin, 1);
      if (change.outcome !== 'replaced') continue;
      uses.add(change.before, change.beforeOrigin, -1);
      replaced++;
    }
    this.#countUses(uses);
    this.#changed();
    return { done: nextHops.length - failed.length - replaced, replaced, failed };
  }

  /** Removes many routes at once, but for those that addresses and neighbours have brought. */
  takeMany(batch: Omit<RouteBatch, 'origin'>): BatchRemoval {
    const uses = new NextHopUses();
    const missing: number[] = [];
    const kept: number[] = [];
    const changes = this.#tables.clearMany(batch, [LINK, LEARN]);
    for (const [i, { outcome, before, beforeOrigin }] of changes.entries()) {
      if (outcome === 'missing') missing.push(i);
      else if (outcome === 'kept') kept.push(i);
      else uses.add(before, beforeOrigin, -1);
    }
    this.#countUses(uses);
    this.#changed();
    return { done: changes.length - missing.length - kept.length, missing, kept };
  }

  /** Removes every route that leads through an interface, in one VRF or in all. */
  takeThrough(iface: number, onlyVrf?: number): void {
    const isThrough = (nextHop: number) => this.#nextHops.interfaceOf(nextHop) === iface;
    const vrfs = onlyVrf === undefined ? this.#vrfs : [onlyVrf];
    const through = vrfs.flatMap((vrf) => this.#leadingTo(vrf, isThrough));
    for (const { vrf, prefix } of through) this.take(vrf, prefix);
  }

  /** Names some of the routes that lead to a next hop. */
  usersOf(nextHop: number): readonly string[] {
    const all = this.#vrfs.flatMap((vrf) => this.#leadingTo(vrf, (each) => each === nextHop));
    const users = all.filter(({ origin }) => origin !== LEARN);
    return users.slice(0, USERS_SHOWN).map(({ prefix }) => `route ${formatPrefix(prefix)}`);
  }

  /** Gives a neighbour a route of its own, unless somebody has said where its packets go. */
  putNeighbor(vrf: number, address: IpAddress, nextHop: number): void {
    const prefix = hostPrefix(address);
    const covering = this.#tables.longest(vrf, address);
    const through = covering && this.#nextHops.find(covering.nextHop);
    if (through?.target.type !== 'connected') return;
    this.put({ vrf, prefix, nextHop, origin: LEARN });
  }

  /** Gives an address that a feature takes packets to a route, unless somebody has said where they go. @throws ApiError ENOSPC */
  putTaken(iface: Interface, address: IpAddress): void {
    const prefix = hostPrefix(address);
    const origin = this.#tables.exact(iface.vrf, prefix)?.origin ?? LEARN;
    if (origin !== LEARN) return;
    this.put({ vrf: iface.vrf, prefix, nextHop: this.#nextHops.taken(iface, address), origin: LINK });
  }

  /** Takes that route away. */
  takeTaken(iface: Interface, address: IpAddress): void {
    const route = this.#tables.exact(iface.vrf, hostPrefix(address));
    if (route && this.#nextHops.find(route.nextHop)?.target.type === 'taken')
      this.take(iface.vrf, route.prefix);
  }

  /** Takes a neighbour's own route away. */
  takeNeighbor(vrf: number, address: IpAddress): void {
    const route = this.#tables.exact(vrf, hostPrefix(address));
    if (route?.origin === LEARN) this.take(vrf, route.prefix);
  }

  get #vrfs(): readonly number[] {
    return this.#interfaces.list.filter(({ type }) => type === 'vrf').map(({ vrf }) => vrf);
  }

  #leadingTo(vrf: number, isWanted: (nextHop: number) => boolean): TableRoute[] {
    return ([4, 6] as const).flatMap((family) => this.#tables.leadingTo(vrf, family, isWanted));
  }

  /** A neighbour whose route somebody had replaced gets it back. */
  #restoreNeighbor(vrf: number, prefix: Prefix): void {
    if (prefix.length < addressBits(prefix.address.family)) return;
    const covering = this.#tables.longest(vrf, prefix.address);
    const through = covering && this.#nextHops.find(covering.nextHop);
    if (through?.target.type !== 'connected') return;
    const neighbor = this.#nextHops.table.findNeighbor(through.target.iface, prefix.address);
    if (neighbor) this.put({ vrf, prefix, nextHop: neighbor.index, origin: LEARN });
  }

  #countUse(nextHop: number, origin: number, more: number): void {
    if (origin === LEARN) return;
    if (more > 0) this.#nextHops.use(nextHop, more);
    if (more < 0) this.#nextHops.unuse(nextHop, -more);
  }

  #countUses(uses: NextHopUses): void {
    for (const [index, more] of uses.byNextHop) this.#countUse(index, STATIC, more);
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }

  #tell(what: string, route: TableRoute): void {
    const via = this.#nextHops.show(route.nextHop);
    const vrf = this.#interfaces.vrfName(route.vrf);
    const text = `vrf=${vrf} ${formatPrefix(route.prefix)} origin=${originWord(route.origin)}`;
    const next =
      via === undefined ? '' : ` via ${[via.type, via.address, via.iface].filter(Boolean).join(' ')}`;
    this.#router.emit({ type: `route${familyOf(route.prefix.address)} ${what}`, text: text + next });
  }
}

const LINK = numberOf('link');
const LEARN = numberOf('learn');
const STATIC = numberOf('static');
const USERS_SHOWN = 5;

function limitsOf(sizes: VrfSizes): { readonly ipv4: TableLimits; readonly ipv6: TableLimits } {
  return {
    ipv4: { routes: sizes.rib4Routes, blocks: sizes.fib4Tbl8 },
    ipv6: { routes: sizes.rib6Routes, blocks: sizes.fib6Tbl8 },
  };
}
