import { ApiError } from '../../engine/api-error.ts';
import type { Rewrite } from '../../engine/host/rewrites.ts';
import type { Router } from '../../engine/host/router.ts';
import { Turns } from '../../engine/host/turns.ts';
import { type Mac, sameMac } from '../../net/mac.ts';
import type { InterfaceDetails } from './details.ts';
import {
  checkAttributes,
  checkImposed,
  checkName,
  describe,
  type Interface,
  type InterfaceAttributes,
  withOwn,
} from './interface.ts';
import { type InterfaceStep, InterfaceSteps } from './interface-steps.ts';
import { type InterfaceSources, InterfaceTable } from './interface-table.ts';
import { CROSS_CONNECT, type InterfaceListener, type InterfaceType } from './interface-type.ts';
import {
  INTERFACE_ACCESS,
  INTERFACE_FAR_ENDS,
  INTERFACE_PROMISCUOUS,
  INTERFACE_RUNNING,
  INTERFACE_SNOOPING,
  INTERFACE_TX_L4_CKSUM,
  INTERFACE_UP,
  MAX_INTERFACES,
} from './layout.ts';

/** A new interface: its type says what the device is like, the user's attributes come on top. Its mode follows its domain. */
export type NewInterface = Omit<Interface, 'id' | 'mode'>;

/** What interfaces need of the router. */
export type InterfaceRouter = Pick<Router, 'tables' | 'node' | 'quiet' | 'emit'> & {
  readonly dispatch: Pick<Router['dispatch'], 'note'>;
};

/** The mode of interfaces that are bound to no other. */
const ROUTED = 'VRF';
const SENDING_DOMAIN = 'an interface that sends frames as domain';

/** All interfaces of the router: the only writer of the interface table. */
export class Interfaces {
  readonly #router: InterfaceRouter;
  readonly #table: InterfaceTable;
  readonly #types = new Map<string, InterfaceType>();
  readonly #modes = new Map<string, number>();
  readonly #listeners: InterfaceListener[] = [];
  readonly #byId = new Map<number, Interface>();
  readonly #idOf = new Map<string, number>();
  readonly #idOfVrf = new Map<number, number>();
  readonly #steps: InterfaceSteps;
  readonly #watched = new Map<number, number>();
  readonly #sources = new Map<number, InterfaceSources>();
  /** Who needs what an interface receives for other stations, by id. */
  readonly #needs = new Map<number, Set<string>>();
  /** Those that are being removed: nobody may begin anything with them. */
  readonly #leaving = new Set<number>();
  readonly #turns = new Turns();
  #watchedAll = 0;
  #lastId = 0;

  constructor(router: InterfaceRouter) {
    this.#router = router;
    this.#table = new InterfaceTable((names) => router.tables(names));
    this.#steps = new InterfaceSteps((stage) => router.node(stage));
  }

  /** How all records are written again for a build that has them elsewhere; who knows more of them adds it. */
  get rewrite(): Rewrite {
    return {
      tables: ['INTERFACES'],
      write: () => {
        for (const iface of this.list) this.#write(iface);
        for (const [id, sources] of this.#sources) this.#table.setSources(id, sources);
      },
    };
  }

  /** Says what a type of interface does. */
  defineType(name: string, type: InterfaceType): void {
    this.#types.set(name, type);
  }

  /** Says which stage takes what interfaces of a mode receive. */
  defineMode(name: string, stage: string): void {
    this.#modes.set(name, this.#router.node(stage));
    this.#router.dispatch.note({ table: 'interface-input', key: name, stage });
  }

  /** Says which stage looks at what interfaces receive or send, and at which place. @throws Error where the place is taken */
  defineStep(step: InterfaceStep): void {
    this.#steps.define(step);
    this.#router.dispatch.note({ table: `interface-${step.way}`, key: step.stage, stage: step.stage });
  }

  /** Lets the stage of a step see all that an interface receives or sends, or not any more. */
  useStep(id: number, stage: string, used: boolean): void {
    this.#steps.use(id, stage, used);
    const iface = this.#byId.get(id);
    if (iface) this.#write(iface);
  }

  /** Lets an interface receive what is for other stations too while somebody needs it, each under a name of its own. */
  receiveAll(id: number, who: string, needed: boolean): void {
    const iface = this.#byId.get(id);
    if (!iface) return;
    const before = this.receivesAll(iface);
    const needs = this.#needs.get(id) ?? new Set();
    this.#needs.set(id, needs);
    if (needed) needs.add(who);
    else needs.delete(who);
    this.#filter(iface, before);
  }

  /** Lets the device of an interface receive for one more address, or not any more; false where it has to receive all. */
  receiveMac(iface: Interface, mac: Mac, wanted: boolean): boolean {
    return this.#types.get(iface.type)?.receiveMac?.(iface, mac, wanted) ?? false;
  }

  /** Tells whether an interface receives what is for other stations: for its user, for what it is bound to, or for others. */
  receivesAll({ id, promisc, domain }: Interface): boolean {
    return promisc || domain !== 0 || (this.#needs.get(id)?.size ?? 0) > 0;
  }

  /** Listens from now on. Listeners are told in the order they came: lower features first, removal in reverse. */
  listen(listener: InterfaceListener): void {
    this.#listeners.push(listener);
  }

  /** All interfaces, ordered by id. */
  get list(): readonly Interface[] {
    return [...this.#byId.values()];
  }

  find(id: number): Interface | undefined {
    return this.#byId.get(id);
  }

  findNamed(name: string): Interface | undefined {
    return this.#byId.get(this.#idOf.get(name) ?? 0);
  }

  /**
   * Makes a change that others must not meet halfway: adding, setting and removing interfaces take time. What the
   * change depends on, names above all, is to be looked up inside.
   */
  inTurn<T>(change: () => Promise<T> | T): Promise<T> {
    return this.#turns.take(change);
  }

  /** Finds an interface by name; one that is being removed is not there any more. @throws ApiError ENODEV */
  named(doing: string, name: string, type?: string): Interface {
    const found = this.findNamed(name);
    if (found && !this.#leaving.has(found.id) && (type === undefined || found.type === type)) return found;
    const expected =
      type === undefined ? 'the name of an interface' : `the name of an interface of type ${type}`;
    throw new ApiError('ENODEV', { doing, expected, received: JSON.stringify(name) });
  }

  /** Number of a VRF by its name. @throws ApiError ENODEV */
  vrfNamed(doing: string, name: string): number {
    return this.named(doing, name, 'vrf').vrf;
  }

  /** Name of a VRF by its number. */
  vrfName(vrf: number): string {
    return this.find(this.#idOfVrf.get(vrf) ?? 0)?.name ?? String(vrf);
  }

  /** Checks what `add` would refuse, before a device is touched. @throws ApiError EINVAL, EEXIST */
  checkNew(doing: string, name: string, attributes: InterfaceAttributes): void {
    checkName(doing, name);
    if (this.findNamed(name)) {
      throw new ApiError('EEXIST', {
        doing,
        expected: 'a name that is not taken',
        received: JSON.stringify(name),
      });
    }
    checkAttributes(doing, attributes);
  }

  /** Adds an interface whose device is ready, or nothing of it. @throws ApiError EINVAL, EEXIST, ENOSPC */
  add(iface: NewInterface): Interface {
    const doing = `add interface ${iface.name}`;
    this.checkNew(doing, iface.name, iface);
    const id = this.#newId(doing);
    const added: Interface = { ...iface, id, mode: this.#modeOf(doing, { ...iface, id }) };
    this.#write(added);
    try {
      this.#filter(added, false);
      for (const listener of this.#listeners) listener.added?.(added);
    } catch (error) {
      this.#letGo(added).catch(() => undefined); // those who wait for something have nothing of it yet
      throw error;
    }
    this.#router.emit({ type: 'iface add', text: describe(added) });
    return added;
  }

  /** Changes attributes, all or none; to be called in turn. @throws ApiError ENODEV, EINVAL, EEXIST, and what its type refuses */
  async set(name: string, attributes: InterfaceAttributes, newName?: string): Promise<Interface> {
    const doing = `set interface ${name}`;
    const before = this.named(doing, name);
    checkAttributes(doing, attributes);
    checkAccessStays(doing, before, attributes);
    if (newName !== undefined && newName !== name) this.checkNew(doing, newName, {});
    const moves = attributes.domain !== undefined && attributes.domain !== before.domain;
    const named = { ...(moves ? withOwn(before) : before), ...attributes, name: newName ?? name };
    const mode = this.#modeOf(doing, named);
    const wanted: Interface = { ...this.#asMember(doing, named, attributes), mode };
    if (wanted.domain !== 0 && before.domain === 0)
      for (const listener of this.#listeners) listener.checkBound?.(before);
    if (moves) await this.#part(before);
    const type = this.#types.get(before.type);
    const changed = (await type?.change?.(before, wanted)) ?? wanted;
    // Its link may have come or gone meanwhile.
    const now = this.#byId.get(before.id) ?? before;
    this.#filter(changed, this.receivesAll(now));
    return this.#replace(now, { ...changed, running: now.running, speedMbps: now.speedMbps });
  }

  /** Takes over what a device says of itself: link, speed. */
  note(id: number, state: Partial<Pick<Interface, 'running' | 'speedMbps' | 'mtu' | 'mac'>>): void {
    const before = this.#byId.get(id);
    if (!before) return;
    const after = { ...before, ...state };
    if (isSameState(before, after)) return;
    this.#replace(before, after);
  }

  /** Removes an interface: who refers to it lets go first, then its device; to be called in turn. @throws ApiError ENODEV, EBUSY */
  async remove(name: string): Promise<void> {
    const iface = this.named(`delete interface ${name}`, name);
    for (const listener of this.#listeners) listener.checkRemoval?.(iface);
    await this.#unbindMembers(iface);
    await this.#part(iface);
    this.#leaving.add(iface.id);
    try {
      await this.#letGo(iface);
      await this.#router.quiet();
      await this.#types.get(iface.type)?.remove(iface);
    } catch (error) {
      this.#keep({ ...iface, up: false }); // so that its removal can be tried again
      throw error;
    } finally {
      this.#leaving.delete(iface.id);
    }
    this.#watched.delete(iface.id);
    this.#router.emit({ type: 'iface del', text: describe(iface) });
  }

  /** What the interface's type has to add to it. */
  details(iface: Interface): InterfaceDetails {
    return this.#types.get(iface.type)?.details(iface) ?? { info: [], fields: {} };
  }

  /** Sets the addresses that an interface's ICMP errors are sent from. */
  setSources(id: number, sources: InterfaceSources): void {
    this.#sources.set(id, sources);
    this.#table.setSources(id, sources);
  }

  /** Counters that the device of an interface keeps itself. */
  deviceCounters(iface: Interface): { readonly rxDrops: bigint; readonly txErrors: bigint } {
    return this.#types.get(iface.type)?.counters?.(iface) ?? { rxDrops: 0n, txErrors: 0n };
  }

  /** Sets or clears a watch flag (INTERFACE_TRACED or INTERFACE_CAPTURED) of one interface or, without an id, of all. */
  watch(flag: number, on: boolean, id?: number): void {
    if (id === undefined) {
      this.#watchedAll = on ? this.#watchedAll | flag : this.#watchedAll & ~flag;
      if (!on) for (const [each, flags] of this.#watched) this.#watched.set(each, flags & ~flag);
    } else {
      const now = this.#watched.get(id) ?? 0;
      this.#watched.set(id, on ? now | flag : now & ~flag);
    }
    for (const iface of this.list) this.#table.setFlags(iface.id, this.#flags(iface));
  }

  /** An interface with what its domain says of it. @throws ApiError EINVAL where its user says something else */
  #asMember<T extends Interface>(doing: string, iface: T, attributes: InterfaceAttributes): T {
    const domain = this.#byId.get(iface.domain);
    const imposed = domain && this.#types.get(domain.type)?.memberAttributes?.(domain);
    if (!imposed) return iface;
    checkImposed(doing, attributes, { imposed, by: domain.name });
    return { ...iface, ...imposed, own: iface.own ?? { mac: iface.mac, mtu: iface.mtu } };
  }

  /** Lets what an interface is bound to get ready to lose it. */
  async #part(member: Interface): Promise<void> {
    const domain = this.#byId.get(member.domain);
    if (domain) await this.#types.get(domain.type)?.parting?.(domain, member);
  }

  /** All that do not have to wait let go in one go: no packet or call finds some of it gone and some not. */
  async #letGo(iface: Interface): Promise<void> {
    for (const listener of [...this.#listeners].reverse()) {
      const gone = listener.removing?.(iface);
      if (gone) await gone;
    }
    this.#table.setFlags(iface.id, 0);
    this.#byId.delete(iface.id);
    this.#idOf.delete(iface.name);
    this.#steps.forget(iface.id);
    this.#sources.delete(iface.id);
    this.#needs.delete(iface.id);
  }

  /** Tells the device when what it has to receive is not what it was. */
  #filter(iface: Interface, before: boolean): void {
    const all = this.receivesAll(iface);
    if (all !== before) this.#types.get(iface.type)?.receiveAll?.(iface, all);
  }

  #replace(before: Interface, after: Interface): Interface {
    this.#write(after);
    for (const listener of this.#listeners) listener.changed?.(before, after);
    this.#router.emit({ type: 'iface change', text: describe(after) });
    return after;
  }

  #write(iface: Interface): void {
    this.#table.write(iface.id, {
      ...iface,
      flags: this.#flags(iface),
      modeNode: this.#modes.get(iface.mode) ?? 0,
      inputSteps: this.#steps.of(iface.id, 'input'),
      outputSteps: this.#steps.of(iface.id, 'output'),
      outputNode: iface.outputStage === undefined ? 0 : this.#router.node(iface.outputStage),
    });
    this.#keep(iface);
  }

  #keep(iface: Interface): void {
    const before = this.#byId.get(iface.id);
    if (before) this.#idOf.delete(before.name);
    this.#byId.set(iface.id, iface);
    this.#idOf.set(iface.name, iface.id);
    if (iface.type === 'vrf') this.#idOfVrf.set(iface.vrf, iface.id);
  }

  #flags(iface: Interface): number {
    return (
      (iface.up ? INTERFACE_UP : 0) |
      (iface.running ? INTERFACE_RUNNING : 0) |
      (iface.promisc ? INTERFACE_PROMISCUOUS : 0) |
      (iface.snooping ? INTERFACE_SNOOPING : 0) |
      (iface.access ? INTERFACE_ACCESS : 0) |
      (iface.checksumsOnSend ? INTERFACE_TX_L4_CKSUM : 0) |
      (iface.farEnds ? INTERFACE_FAR_ENDS : 0) |
      this.#watchedAll |
      (this.#watched.get(iface.id) ?? 0)
    );
  }

  /** The mode of an interface, which follows from what it is bound to. @throws ApiError EINVAL, ELOOP, ENOTSUP */
  #modeOf(doing: string, iface: Omit<Interface, 'mode'>): string {
    if (iface.domain === 0) return ROUTED;
    const domain = this.#byId.get(iface.domain);
    if (!domain || isOnlyRouted(domain) || isOnlyRouted(iface)) {
      const received = domain?.name ?? String(iface.domain);
      throw new ApiError('EINVAL', { doing, expected: SENDING_DOMAIN, received });
    }
    const type = this.#types.get(domain.type);
    const mode = type?.memberMode ?? CROSS_CONNECT;
    if (mode === CROSS_CONNECT && domain.outputStage === undefined) {
      throw new ApiError('EINVAL', { doing, expected: SENDING_DOMAIN, received: domain.name });
    }
    if (domain.id === iface.id || (mode !== CROSS_CONNECT && this.#leadsTo(domain, iface.id))) {
      const expected = 'a domain that is another interface, and not bound to this one itself';
      throw new ApiError('ELOOP', { doing, expected, received: domain.name });
    }
    if (!this.#modes.has(mode)) {
      const expected = 'a domain that takes members';
      throw new ApiError('ENOTSUP', { doing, expected, received: `${domain.name}, a ${domain.type}` });
    }
    type?.checkMember?.(domain, iface as Interface);
    return mode;
  }

  /** Tells whether an interface is bound to another, or to one that is; two may be bound to each other. */
  #leadsTo(iface: Interface, id: number): boolean {
    const seen = new Set<number>();
    for (let each: Interface | undefined = iface; each; each = this.#byId.get(each.domain)) {
      if (each.domain === id) return true;
      if (seen.has(each.id)) return false;
      seen.add(each.id);
    }
    return false;
  }

  /** Those that were bound to an interface that goes are routed again, in the VRF that they were in before. */
  async #unbindMembers(iface: Interface): Promise<void> {
    for (const { name, domain } of this.list) if (domain === iface.id) await this.set(name, { domain: 0 });
  }

  /** Ids grow until they have to be used again, so that a counter or a trace never means two interfaces. */
  #newId(doing: string): number {
    for (let tries = 1; tries < MAX_INTERFACES; tries++) {
      this.#lastId = (this.#lastId % (MAX_INTERFACES - 1)) + 1;
      if (!this.#byId.has(this.#lastId) && !this.#leaving.has(this.#lastId)) return this.#lastId;
    }
    throw new ApiError('ENOSPC', {
      doing,
      expected: `at most ${MAX_INTERFACES - 1} interfaces`,
      received: 'one more',
    });
  }
}

/** What the host was shown of an interface it would have to be shown or lose in the middle. @throws ApiError ENOTSUP */
function checkAccessStays(doing: string, before: Interface, { access }: InterfaceAttributes): void {
  if (access === undefined || access === (before.access ?? false)) return;
  const received = access ? 'access on' : 'access off';
  throw new ApiError('ENOTSUP', {
    doing,
    expected: 'access to stay what it was when it was added',
    received,
  });
}

/** Tells whether an interface can be bound to no other, nor others to it. */
function isOnlyRouted({ type, pointToPoint }: Pick<Interface, 'type' | 'pointToPoint'>): boolean {
  return type === 'vrf' || pointToPoint === true;
}

/** Tells whether what a device says of itself is as before. */
function isSameState(before: Interface, after: Interface): boolean {
  return (
    after.running === before.running &&
    after.speedMbps === before.speedMbps &&
    after.mtu === before.mtu &&
    sameMac(after.mac, before.mac)
  );
}
