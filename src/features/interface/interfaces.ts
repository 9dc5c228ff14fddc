import { ApiError } from '../../engine/api-error.ts';
import type { Rewrite } from '../../engine/host/rewrites.ts';
import type { Router } from '../../engine/host/router.ts';
import { Turns } from '../../engine/host/turns.ts';
import type { Mac } from '../../net/mac.ts';
import type { InterfaceDetails } from './details.ts';
import { Domains } from './domains.ts';
import {
  checkAccessStays,
  checkAttributes,
  checkName,
  describe,
  type Interface,
  type InterfaceAttributes,
  isSameState,
  withOwn,
} from './interface.ts';
import { InterfaceFlags } from './interface-flags.ts';
import { InterfaceIndex } from './interface-index.ts';
import { type InterfaceStep, InterfaceSteps } from './interface-steps.ts';
import { type InterfaceSources, InterfaceTable } from './interface-table.ts';
import type { InterfaceListener, InterfaceType } from './interface-type.ts';
import { Promiscuity } from './promiscuity.ts';

/** A new interface: its type says what the device is like, the user's attributes come on top. Its mode follows its domain. */
export type NewInterface = Omit<Interface, 'id' | 'mode'>;

/** What interfaces need of the router. */
export type InterfaceRouter = Pick<Router, 'tables' | 'node' | 'quiet' | 'emit'> & {
  readonly dispatch: Pick<Router['dispatch'], 'note'>;
};

/** All interfaces of the router: the only writer of the interface table. */
export class Interfaces {
  readonly #router: InterfaceRouter;
  readonly #table: InterfaceTable;
  readonly #types = new Map<string, InterfaceType>();
  readonly #modes = new Map<string, number>();
  readonly #listeners: InterfaceListener[] = [];
  readonly #index = new InterfaceIndex();
  readonly #domains = new Domains({
    types: this.#types,
    modes: this.#modes,
    find: (id) => this.#index.find(id),
  });
  readonly #promiscuity = new Promiscuity(this.#types);
  readonly #steps: InterfaceSteps;
  readonly #flags = new InterfaceFlags();
  readonly #sources = new Map<number, InterfaceSources>();
  readonly #turns = new Turns();

  constructor(router: InterfaceRouter) {
    this.#router = router;
    this.#table = new InterfaceTable((names) => router.tables(names));
    this.#steps = new InterfaceSteps((stage) => router.node(stage));
  }

  /** How all records are written again for a build that has them elsewhere; who knows more of them adds it. */
  get rewrite(): Rewrite {
    return {
      tables: ['INTERFACES', 'INTERFACE_RESTS'],
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
    const iface = this.#index.find(id);
    if (iface) this.#write(iface);
  }

  /** Lets an interface receive what is for other stations too while somebody needs it, each under a name of its own. */
  receiveAll(id: number, who: string, needed: boolean): void {
    const iface = this.#index.find(id);
    if (iface) this.#promiscuity.need(iface, who, needed);
  }

  /** Lets the device of an interface receive for one more address, or not any more; false where it has to receive all. */
  receiveMac(iface: Interface, mac: Mac, wanted: boolean): boolean {
    return this.#types.get(iface.type)?.receiveMac?.(iface, mac, wanted) ?? false;
  }

  /** Tells whether an interface receives what is for other stations: for its user, for what it is bound to, or for others. */
  receivesAll(iface: Interface): boolean {
    return this.#promiscuity.of(iface);
  }

  /** Listens from now on. Listeners are told in the order they came: lower features first, removal in reverse. */
  listen(listener: InterfaceListener): void {
    this.#listeners.push(listener);
  }

  /** All interfaces, ordered by id. */
  get list(): readonly Interface[] {
    return this.#index.list;
  }

  find(id: number): Interface | undefined {
    return this.#index.find(id);
  }

  findNamed(name: string): Interface | undefined {
    return this.#index.findNamed(name);
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
    return this.#index.named(doing, name, type);
  }

  /** Number of a VRF by its name. @throws ApiError ENODEV */
  vrfNamed(doing: string, name: string): number {
    return this.named(doing, name, 'vrf').vrf;
  }

  /** Name of a VRF by its number. */
  vrfName(vrf: number): string {
    return this.#index.vrfName(vrf);
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
    const id = this.#index.newId(doing);
    const added: Interface = { ...iface, id, mode: this.#domains.modeOf(doing, { ...iface, id }) };
    this.#write(added);
    try {
      this.#promiscuity.tell(added, false);
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
    const mode = this.#domains.modeOf(doing, named);
    const wanted: Interface = { ...this.#domains.asMember(doing, named, attributes), mode };
    if (wanted.domain !== 0 && before.domain === 0)
      for (const listener of this.#listeners) listener.checkBound?.(before);
    if (moves) await this.#domains.part(before);
    const type = this.#types.get(before.type);
    const changed = (await type?.change?.(before, wanted)) ?? wanted;
    // Its link may have come or gone meanwhile.
    const now = this.#index.find(before.id) ?? before;
    this.#promiscuity.tell(changed, this.#promiscuity.of(now));
    return this.#replace(now, { ...changed, running: now.running, speedMbps: now.speedMbps });
  }

  /** Takes over what a device says of itself: link, speed. */
  note(id: number, state: Partial<Pick<Interface, 'running' | 'speedMbps' | 'mtu' | 'mac'>>): void {
    const before = this.#index.find(id);
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
    await this.#domains.part(iface);
    this.#index.setLeaving(iface.id, true);
    try {
      await this.#letGo(iface);
      await this.#router.quiet();
      await this.#types.get(iface.type)?.remove(iface);
    } catch (error) {
      this.#index.keep({ ...iface, up: false }); // so that its removal can be tried again
      throw error;
    } finally {
      this.#index.setLeaving(iface.id, false);
    }
    this.#flags.forget(iface.id);
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
    this.#flags.watch(flag, on, id);
    for (const iface of this.list) this.#table.setFlags(iface.id, this.#flags.of(iface));
  }

  /** All that do not have to wait let go in one go: no packet or call finds some of it gone and some not. */
  async #letGo(iface: Interface): Promise<void> {
    for (const listener of [...this.#listeners].reverse()) {
      const gone = listener.removing?.(iface);
      if (gone) await gone;
    }
    this.#table.setFlags(iface.id, 0);
    this.#index.forget(iface);
    this.#steps.forget(iface.id);
    this.#sources.delete(iface.id);
    this.#promiscuity.forget(iface.id);
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
      flags: this.#flags.of(iface),
      modeNode: this.#modes.get(iface.mode) ?? 0,
      inputSteps: this.#steps.of(iface.id, 'input'),
      outputSteps: this.#steps.of(iface.id, 'output'),
      outputNode: iface.outputStage === undefined ? 0 : this.#router.node(iface.outputStage),
    });
    this.#index.keep(iface);
  }

  /** Those that were bound to an interface that goes are routed again, in the VRF that they were in before. */
  async #unbindMembers(iface: Interface): Promise<void> {
    for (const { name, domain } of this.list) if (domain === iface.id) await this.set(name, { domain: 0 });
  }
}
