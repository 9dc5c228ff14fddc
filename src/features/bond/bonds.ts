import { ApiError } from '../../engine/api-error.ts';
import type { Rewrite } from '../../engine/host/rewrites.ts';
import { randomMac, sameMac } from '../../net/mac.ts';
import {
  DEFAULT_MTU,
  type ImposedAttributes,
  type Interface,
  type InterfaceAttributes,
  type InterfaceDetails,
  type InterfaceRouter,
  type Interfaces,
  type InterfaceType,
  interfaceDefaults,
} from '../interface/index.ts';
import { bondDetails, UNMADE } from './bond-details.ts';
import { type Bond, BondRecords } from './bond-records.ts';
import { type Choice, chooseActive, sameMembers } from './choice.ts';
import { LacpBonds, type LacpRouter } from './lacp/lacp-bonds.ts';
import { MAX_BOND_MEMBERS } from './layout.ts';
import type { BondMode, BondSettings } from './settings.ts';
import { shareSlots } from './slots.ts';

/** What a user may say of a bond beyond what any interface has; what is absent stays as it is. */
export interface BondAttributes extends Partial<BondSettings> {
  /** Name of the member that is used whenever its link is up. */
  readonly primary?: string;
}

/** What bonds need of others. */
export interface BondNeeds {
  readonly interfaces: Interfaces;
  /** Looks at a port's link many times a second, or not any more. */
  readonly watchClosely: (port: number, closely: boolean) => void;
  /** Tells a link all addresses of an interface, so that switches learn by which way it is reached. */
  readonly announce: (iface: Interface) => void;
  /** Waits so long. */
  readonly wait: (milliseconds: number) => Promise<unknown>;
  readonly nowMs: () => number;
}

/** What bonds need of the router. */
export type BondRouter = InterfaceRouter & LacpRouter;

/** Bonds: interfaces that send and receive by ports that are bound to them. */
export class Bonds implements InterfaceType {
  readonly memberMode = 'bond';
  readonly #router: BondRouter;
  readonly #needs: BondNeeds;
  readonly #interfaces: Interfaces;
  readonly #records: BondRecords;
  readonly #lacp: LacpBonds;
  /** What a bond that is being changed is going to say of its members. */
  readonly #imposed = new Map<number, ImposedAttributes>();
  /** Members that are about to go: nothing is sent by them any more. */
  readonly #parting = new Set<number>();

  constructor(router: BondRouter, needs: BondNeeds) {
    this.#router = router;
    this.#needs = needs;
    this.#interfaces = needs.interfaces;
    this.#records = new BondRecords(
      (names) => router.tables(names),
      (id) => this.membersOf(id).map((member) => member.id),
    );
    this.#lacp = new LacpBonds(router, { ...needs, changed: (bond) => this.#refresh(bond) });
    this.#interfaces.defineType('bond', this);
    this.#interfaces.defineMode('bond', 'bond-input');
    router.dispatch.note({ table: 'interface-output', key: 'bond', stage: 'bond-output' });
    this.#interfaces.listen({
      added: (iface) => this.#follow(undefined, iface),
      changed: (before, after) => this.#follow(before, after),
      removing: (iface) => this.#leave(iface),
    });
  }

  /** How all bonds are written again for a build that has them elsewhere. */
  get rewrite(): Rewrite {
    return this.#records.rewrite;
  }

  /** Adds a bond without members. @throws ApiError EEXIST, EINVAL, ENOSPC */
  add(name: string, settings: BondSettings, attributes: InterfaceAttributes): Interface {
    const place = this.#records.freePlace(`add bond ${name}`);
    const iface = this.#interfaces.add({
      ...interfaceDefaults,
      name,
      type: 'bond',
      running: false,
      mtu: DEFAULT_MTU,
      mac: randomMac(),
      outputStage: 'bond-output',
      ...attributes,
    });
    this.#records.add(iface.id, { place, settings });
    return iface;
  }

  /** Changes attributes of a bond, all or none; to be called in turn. @throws ApiError ENODEV, EINVAL, EEXIST, ERANGE */
  async set(
    name: string,
    wanted: BondAttributes,
    attributes: InterfaceAttributes,
    newName?: string,
  ): Promise<Interface> {
    const doing = `set bond ${name}`;
    const { id } = this.#interfaces.named(doing, name, 'bond');
    const before = this.#records.get(id);
    const { mode = before.settings.mode, balance = before.settings.balance, primary } = wanted;
    const chosen = primary === undefined ? before.primary : this.#memberNamed(doing, id, primary).id;
    checkPrimary(doing, mode, primary);
    const after = await this.#interfaces.set(name, attributes, newName);
    const settings = { mode, balance };
    if (mode !== 'lacp') this.#lacp.end(id);
    this.#records.keep(id, { ...this.#records.get(id), settings, primary: mode === 'lacp' ? 0 : chosen });
    this.#refresh(id);
    return this.#interfaces.find(id) ?? after;
  }

  /** The ports that are bound to a bond. */
  membersOf(id: number): readonly Interface[] {
    return this.#interfaces.list.filter(({ domain }) => domain === id);
  }

  /** Lets time pass for LACP; to be called ten times a second. */
  tick(): void {
    for (const id of this.#lacp.ids) this.#refresh(id);
  }

  /** Tells the other ends that we end. */
  close(): void {
    this.#lacp.close();
  }

  /** Bonds with the members that they use now. */
  get inUse(): readonly { readonly bond: Interface; readonly sends: readonly number[] }[] {
    return [...this.#records.all].flatMap(([id, { choice }]) => {
      const bond = this.#interfaces.find(id);
      return bond ? [{ bond, sends: choice.sends }] : [];
    });
  }

  /** Has all members take over an MTU or a MAC address; where one refuses, all get back what they had. */
  async change(before: Interface, after: Interface): Promise<Interface> {
    if (before.mtu === after.mtu && sameMac(before.mac, after.mac)) return after;
    try {
      await this.#impose(after);
    } catch (error) {
      await this.#impose(before);
      throw error;
    } finally {
      this.#imposed.delete(before.id);
    }
    return after;
  }

  async remove({ id }: Interface): Promise<void> {
    this.#records.forget(id);
  }

  /** Refuses what is no port, and one member too many. @throws ApiError EINVAL, ENOSPC */
  checkMember(bond: Interface, member: Interface): void {
    const doing = `bind ${member.name} to ${bond.name}`;
    if (member.type !== 'port') {
      const received = `${member.name}, a ${member.type}`;
      throw new ApiError('EINVAL', { doing, expected: 'a port as the member of a bond', received });
    }
    const others = this.membersOf(bond.id).filter(({ id }) => id !== member.id);
    if (others.length < MAX_BOND_MEMBERS) return;
    const expected = `at most ${MAX_BOND_MEMBERS} members`;
    throw new ApiError('ENOSPC', { doing, expected, received: 'one more' });
  }

  memberAttributes({ id, mac, mtu }: Interface): ImposedAttributes {
    return this.#imposed.get(id) ?? { mac, mtu };
  }

  /** Sends by the others from now on, and takes what is still on its way to the member that goes. */
  async parting(bond: Interface, member: Interface): Promise<void> {
    this.#parting.add(member.id);
    this.#refresh(bond.id);
    await this.#needs.wait(PARTING_MS[this.#records.get(bond.id).settings.mode]);
    this.#parting.delete(member.id);
  }

  details(iface: Interface): InterfaceDetails {
    const bond = this.#records.all.get(iface.id) ?? UNMADE;
    return bondDetails(bond, this.membersOf(iface.id), (member) => this.#lacp.view(iface.id, member));
  }

  /** Lets bonds follow their members: who came, left, or lost its link. */
  #follow(before: Interface | undefined, after: Interface): void {
    const [from, to] = [before?.domain ?? 0, after.domain];
    if (from !== to) this.#swapDuty(after, from, to);
    for (const id of new Set([from, to])) if (this.#records.has(id)) this.#refresh(id);
  }

  #swapDuty(member: Interface, from: number, to: number): void {
    if (this.#records.has(from)) this.#dismiss(member, from);
    if (this.#records.has(to)) this.#needs.watchClosely(member.port, true);
  }

  /** A member that is none any more is the primary one no longer. */
  #dismiss(member: Interface, id: number): void {
    const bond = this.#records.get(id);
    if (bond.primary === member.id) this.#records.keep(id, { ...bond, primary: 0 });
    this.#needs.watchClosely(member.port, false);
    this.#records.dismiss(member.id);
  }

  #leave(iface: Interface): void {
    if (this.#records.has(iface.id)) {
      this.#lacp.end(iface.id);
      this.#records.clear(iface.id);
    }
    if (!this.#records.has(iface.domain)) return;
    this.#dismiss(iface, iface.domain);
    this.#refresh(iface.domain, iface.id);
  }

  /** Chooses a bond's members anew, and tells those who ask which way it is reached now. */
  #refresh(id: number, without = 0): void {
    const bond = this.#records.get(id);
    const members = this.membersOf(id).filter((member) => member.id !== without);
    const choice = this.#choose(id, bond, members);
    const slots = shareSlots(bond.slots, choice.sends);
    this.#records.keep(id, { ...bond, choice, slots });
    const wasRunning = this.#interfaces.find(id)?.running ?? false;
    const senders = members.filter((member) => choice.sends.includes(member.id));
    this.#interfaces.note(id, {
      running: senders.length > 0,
      speedMbps: senders.reduce((sum, { speedMbps }) => sum + speedMbps, 0),
    });
    if (!sameMembers(bond.choice.sends, choice.sends)) this.#tell(id, { senders, wasRunning });
  }

  #choose(id: number, { settings, primary, choice }: Bond, members: readonly Interface[]): Choice {
    const staying = members.filter(({ id }) => !this.#parting.has(id));
    const [active = 0] = choice.sends;
    const bond = settings.mode === 'lacp' ? this.#interfaces.find(id) : undefined;
    const { sends, takes } = bond
      ? this.#lacp.choose(bond, staying)
      : chooseActive(staying, { primary, active });
    const parting = members.filter(({ id }) => this.#parting.has(id)).map((member) => member.id);
    return { sends, takes: [...takes, ...parting] };
  }

  /** A bond that has come up is announced by those who give it addresses. */
  #tell(
    id: number,
    { senders, wasRunning }: { readonly senders: readonly Interface[]; readonly wasRunning: boolean },
  ): void {
    const iface = this.#interfaces.find(id);
    if (!iface) return;
    const names = senders.map(({ name }) => name).join(',') || 'none';
    this.#router.emit({ type: 'bond active', text: `${iface.name} members=${names}` });
    if (!wasRunning || senders.length === 0) return;
    for (const each of this.#reachedBy(iface)) this.#needs.announce(each);
  }

  /** A bond, its parts with theirs, and what it is bound to. */
  #reachedBy(iface: Interface): readonly Interface[] {
    const parts = this.#interfaces.list.filter(({ parent }) => parent === iface.id);
    const domain = this.#interfaces.find(iface.domain);
    return [iface, ...parts.flatMap((part) => this.#reachedBy(part)), ...(domain ? [domain] : [])];
  }

  async #impose(bond: Interface): Promise<void> {
    this.#imposed.set(bond.id, { mac: bond.mac, mtu: bond.mtu });
    for (const { name } of this.membersOf(bond.id)) await this.#interfaces.set(name, {});
  }

  #memberNamed(doing: string, id: number, name: string): Interface {
    const member = this.#interfaces.named(doing, name);
    if (member.domain === id) return member;
    throw new ApiError('EINVAL', { doing, expected: 'a member of the bond as its primary', received: name });
  }
}

/** As long is waited for what is on its way to a member that leaves; by LACP the other end is told before. */
const PARTING_MS = { 'active-backup': 50, lacp: 250 } as const;

/** @throws ApiError EINVAL */
function checkPrimary(doing: string, mode: BondMode, primary: string | undefined): void {
  if (primary === undefined || mode === 'active-backup') return;
  const expected = 'a primary member in mode active-backup only';
  throw new ApiError('EINVAL', { doing, expected, received: `${primary} in mode ${mode}` });
}
