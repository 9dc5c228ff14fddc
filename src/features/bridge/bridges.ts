import { ApiError } from '../../engine/api-error.ts';
import type { Rewrite } from '../../engine/host/rewrites.ts';
import type { Router } from '../../engine/host/router.ts';
import { type Mac, randomMac, sameMac } from '../../net/mac.ts';
import {
  DEFAULT_MTU,
  type Interface,
  type InterfaceAttributes,
  type InterfaceDetails,
  type Interfaces,
  type InterfaceType,
  interfaceDefaults,
} from '../interface/index.ts';
import type { BridgeAttributes, BridgeSettings } from './bridge-settings.ts';
import { BridgeTable } from './bridge-table.ts';
import type { Fdb } from './fdb.ts';
import type { KnownNeighbors } from './known-neighbors.ts';
import { MAX_BRIDGE_MEMBERS } from './layout.ts';

/** A bridge to be added. */
export interface NewBridge {
  readonly name: string;
  readonly attributes: InterfaceAttributes;
  readonly bridge: BridgeAttributes;
}

/** The bridges of the router: each is an interface, and others are bound to it as its members. */
export class Bridges implements InterfaceType {
  readonly memberMode = 'bridge';
  readonly #interfaces: Interfaces;
  readonly #fdb: Fdb;
  readonly #neighbors: KnownNeighbors;
  readonly #table: BridgeTable;
  readonly #settings = new Map<number, BridgeSettings>();
  /** The MTU that a bridge has where its members allow it. */
  readonly #ownMtu = new Map<number, number>();

  constructor(
    router: Pick<Router, 'tables'>,
    parts: { readonly interfaces: Interfaces; readonly fdb: Fdb; readonly neighbors: KnownNeighbors },
  ) {
    const { interfaces } = parts;
    this.#interfaces = interfaces;
    this.#fdb = parts.fdb;
    this.#neighbors = parts.neighbors;
    this.#table = new BridgeTable((names) => router.tables(names));
    interfaces.defineType('bridge', this);
    interfaces.defineMode('bridge', 'bridge-input');
    interfaces.listen({
      added: (iface) => this.#follow(undefined, iface),
      changed: (before, after) => this.#follow(before, after),
      removing: (iface) => this.#leave(iface),
    });
  }

  /** How all bridges are written again for a build that has them elsewhere. */
  get rewrite(): Rewrite {
    return {
      tables: ['BRIDGES'],
      write: () => {
        for (const bridge of this.#interfaces.list.filter(isBridge)) {
          this.#write(bridge);
          this.#writeMembers(bridge.id, this.membersOf(bridge.id));
        }
      },
      release: (before) => this.#table.releaseMembers(before, Array(MAX_INTERFACES).keys()),
    };
  }

  /** Adds a bridge without members. @throws ApiError EEXIST, EINVAL, ENOSPC */
  add({ name, attributes, bridge }: NewBridge): Interface {
    const doing = `add bridge ${name}`;
    const settings = checkSettings(doing, { ...DEFAULTS, ...bridge });
    checkRouted(doing, this.#interfaces, attributes.domain ?? 0);
    const mtu = attributes.mtu ?? DEFAULT_MTU;
    const iface = this.#interfaces.add({
      ...interfaceDefaults,
      name,
      type: 'bridge',
      running: false,
      mac: randomMac(),
      outputStage: 'bridge-output',
      ...attributes,
      mtu,
    });
    this.#ownMtu.set(iface.id, mtu);
    this.#settings.set(iface.id, settings);
    this.#write(iface);
    return iface;
  }

  /** Changes attributes of a bridge, all or none; to be called in turn. @throws ApiError ENODEV, EINVAL, EEXIST */
  async set(
    name: string,
    { newName, attributes, bridge }: Omit<NewBridge, 'name'> & { readonly newName: string | undefined },
  ): Promise<Interface> {
    const doing = `set bridge ${name}`;
    const before = this.#interfaces.named(doing, name, 'bridge');
    const settings = checkSettings(doing, { ...this.settings(before.id), ...bridge });
    const own = attributes.mtu ?? this.#ownMtu.get(before.id) ?? before.mtu;
    const mtu = Math.min(own, ...this.membersOf(before.id).map((member) => member.mtu));
    const after = await this.#interfaces.set(name, { ...attributes, mtu }, newName);
    this.#ownMtu.set(after.id, own);
    this.#settings.set(after.id, settings);
    this.#write(after);
    if (!settings.learn) this.#fdb.flush({ bridge: after.id, origin: 'learn' });
    if (!settings.neighSuppress) this.#neighbors.forgetBridge(after.id);
    return after;
  }

  settings(id: number): BridgeSettings {
    return this.#settings.get(id) ?? DEFAULTS;
  }

  /** The interfaces that are bound to a bridge. */
  membersOf(id: number): readonly Interface[] {
    return this.#interfaces.list.filter(({ domain }) => domain === id);
  }

  /** Refuses what a bridge cannot be: bound to another interface. */
  change(before: Interface, after: Interface): Interface {
    checkRouted(`set interface ${before.name}`, this.#interfaces, after.domain);
    return after;
  }

  /** Its members receive all; where a station had the address, it is ours now. */
  receiveMac({ id }: Interface, mac: Mac, wanted: boolean): boolean {
    if (wanted) this.#fdb.flush({ bridge: id, mac });
    return true;
  }

  async remove(iface: Interface): Promise<void> {
    this.#settings.delete(iface.id);
    this.#ownMtu.delete(iface.id);
  }

  details(iface: Interface): InterfaceDetails {
    const members = this.membersOf(iface.id).map(({ name }) => name);
    const { ageingTime, flood, learn, neighSuppress } = this.settings(iface.id);
    const off = [...(flood ? [] : ['flood=off']), ...(learn ? [] : ['learn=off'])];
    const suppress = neighSuppress ? ['neigh_suppress=on'] : [];
    return {
      info: [`members=${members.length}`, `fdb=${this.#fdb.sizeOf(iface.id)}`, ...off, ...suppress],
      fields: {
        bridge_members: members,
        ageing_time: ageingTime,
        flood,
        learn,
        neigh_suppress: neighSuppress,
        fdb_entries: this.#fdb.sizeOf(iface.id),
        known_neighbors: this.#neighbors.countOf(iface.id),
      },
    };
  }

  /** Refuses members that cannot be: other bridges, what sends no frames, and one too many. @throws ApiError */
  checkMember(bridge: Interface, member: Interface): void {
    const doing = `bind ${member.name} to ${bridge.name}`;
    if (member.type === 'bridge' || member.outputStage === undefined) {
      const expected = 'a member that sends frames by a link of its own';
      throw new ApiError('EINVAL', { doing, expected, received: `${member.name}, a ${member.type}` });
    }
    const others = this.membersOf(bridge.id).filter(({ id }) => id !== member.id);
    if (others.length < MAX_BRIDGE_MEMBERS) return;
    const expected = `at most ${MAX_BRIDGE_MEMBERS} members`;
    throw new ApiError('ENOSPC', { doing, expected, received: 'one more' });
  }

  /** Lets bridges follow what has become of an interface: a member that came or changed, or the bridge itself. */
  #follow(before: Interface | undefined, after: Interface): void {
    if (after.type === 'bridge') this.#followBridge(before, after);
    const [from, to] = [before?.domain ?? 0, after.domain];
    if (from !== to && before) this.#fdb.flush({ iface: after.id });
    else if (before && isAlive(before) && !isAlive(after))
      this.#fdb.flush({ iface: after.id, origin: 'learn' });
    for (const id of new Set([from, to])) this.#followMembers(id, from !== to);
  }

  #followBridge(before: Interface | undefined, after: Interface): void {
    if (!before) return;
    if (!sameMac(before.mac, after.mac)) this.#fdb.flush({ bridge: after.id, mac: after.mac });
    this.#write(after);
  }

  #leave(iface: Interface): void {
    if (iface.type === 'bridge') {
      this.#fdb.flush({ bridge: iface.id });
      this.#table.clear(iface.id);
    }
    if (this.#interfaces.find(iface.domain)?.type !== 'bridge') return;
    this.#fdb.flush({ iface: iface.id });
    this.#followMembers(iface.domain, true, iface.id);
  }

  /** Writes a bridge's members where they are others now, and takes over their MTU and whether one runs. */
  #followMembers(id: number, areOthers: boolean, without = 0): void {
    const bridge = this.#interfaces.find(id);
    if (bridge?.type !== 'bridge') return;
    const members = this.membersOf(id).filter((member) => member.id !== without);
    if (areOthers) this.#writeMembers(id, members);
    const own = this.#ownMtu.get(id) ?? bridge.mtu;
    this.#interfaces.note(id, {
      mtu: Math.min(own, ...members.map(({ mtu }) => mtu)),
      running: members.some(isAlive),
    });
  }

  #writeMembers(id: number, members: readonly Interface[]): void {
    this.#table.writeMembers(
      id,
      members.map((member) => member.id),
    );
  }

  #write(bridge: Interface): void {
    this.#table.write(bridge.id, { up: bridge.up, ...this.settings(bridge.id) });
  }
}

const DEFAULTS: BridgeSettings = { ageingTime: 300, flood: true, learn: true, neighSuppress: false };
/** What is noted of a station's last second wraps around at 65536. */
const MOST_AGEING_S = 65000;

/** Interfaces' ids are below (features/interface). */
const MAX_INTERFACES = 65536;

function isBridge({ type }: Interface): boolean {
  return type === 'bridge';
}

function isAlive({ up, running }: Interface): boolean {
  return up && running;
}

function checkSettings(doing: string, settings: BridgeSettings): BridgeSettings {
  const { ageingTime } = settings;
  if (Number.isInteger(ageingTime) && ageingTime >= 1 && ageingTime <= MOST_AGEING_S) return settings;
  const expected = `an ageing time of 1 to ${MOST_AGEING_S} seconds`;
  throw new ApiError('EINVAL', { doing, expected, received: String(ageingTime) });
}

function checkRouted(doing: string, interfaces: Interfaces, domain: number): void {
  if (domain === 0) return;
  const received = interfaces.find(domain)?.name ?? String(domain);
  throw new ApiError('EINVAL', { doing, expected: 'a vrf, and no domain, for a bridge', received });
}
