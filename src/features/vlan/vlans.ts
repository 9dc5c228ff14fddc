import { ApiError } from '../../engine/api-error.ts';
import type { Rewrite } from '../../engine/host/rewrites.ts';
import { sameMac } from '../../net/mac.ts';
import {
  type Interface,
  type InterfaceAttributes,
  type InterfaceDetails,
  type InterfaceRouter,
  type Interfaces,
  type InterfaceType,
  interfaceDefaults,
  sendsFrames,
} from '../interface/index.ts';
import { VLAN_INPUT_PLACE } from './layout.ts';
import { tagOf, wordOf } from './tag.ts';
import { type VlanFunctions, VlanTable, vlanFunctionNames } from './vlan-table.ts';

/** Where a sub-interface is, in a user's words. */
export interface Place {
  readonly parent?: string;
  readonly vlanId?: number;
  readonly proto?: string;
}

/** Sub-interfaces: each is a part of another interface, and follows it. */
export class Vlans implements InterfaceType {
  readonly #interfaces: Interfaces;
  readonly #table: VlanTable;

  constructor(router: InterfaceRouter, interfaces: Interfaces) {
    this.#interfaces = interfaces;
    const functions = router.tables<VlanFunctions>(vlanFunctionNames);
    this.#table = new VlanTable({ functions, quiet: () => router.quiet() });
    interfaces.defineType('vlan', this);
    interfaces.defineStep({ way: 'input', place: VLAN_INPUT_PLACE, stage: 'vlan-input' });
    router.dispatch.note({ table: 'interface-output', key: 'vlan', stage: 'vlan-output' });
    interfaces.listen({
      added: (iface) => this.#join(iface),
      changed: (before, after) => this.#follow(before, after),
      checkRemoval: (iface) => this.#checkUnused(iface),
      removing: (iface) => this.#part(iface),
    });
  }

  /** How all of them are written again for a build that has them elsewhere. */
  get rewrite(): Rewrite {
    return this.#table.rewrite;
  }

  /** Adds a sub-interface. @throws ApiError EINVAL, ENODEV, EEXIST, ERANGE, ENOSPC */
  add(name: string, place: Required<Place>, attributes: InterfaceAttributes): Interface {
    const doing = `add vlan ${name}`;
    const parent = this.#interfaces.named(doing, place.parent);
    const tag = wordOf(doing, place);
    this.#checkPlace(doing, { parent, tag });
    checkMtu(doing, attributes.mtu, parent);
    return this.#interfaces.add({
      ...interfaceDefaults,
      name,
      type: 'vlan',
      mtu: parent.mtu,
      mac: parent.mac,
      ...linkOf(parent),
      outputStage: 'vlan-output',
      ...attributes,
      parent: parent.id,
      tag,
    });
  }

  /** Changes a sub-interface, all or nothing. @throws ApiError as `add`, and ELOOP */
  async set(
    name: string,
    place: Place,
    attributes: InterfaceAttributes,
    newName?: string,
  ): Promise<Interface> {
    const doing = `set vlan ${name}`;
    const iface = this.#interfaces.named(doing, name, 'vlan');
    const parent =
      place.parent === undefined ? this.#parentOf(iface) : this.#interfaces.named(doing, place.parent);
    const tag = wordOf(doing, { ...tagOf(iface.tag), ...place });
    this.#checkPlace(doing, { parent, tag, iface });
    const wanted = { ...attributes, parent: parent.id, tag };
    const changed = await this.#interfaces.set(name, wanted, newName);
    this.#interfaces.note(iface.id, linkOf(parent));
    return this.#interfaces.find(iface.id) ?? changed;
  }

  /** Gives one that moves what it had of its parent from the new one; refuses more than the parent carries. */
  change(before: Interface, after: Interface): Interface {
    const parent = this.#parentOf(after);
    if (after.mtu !== before.mtu) checkMtu(`set interface ${before.name}`, after.mtu, parent);
    const moved = inherit(after, this.#parentOf(before), parent);
    return {
      ...after,
      mtu: after.mtu === before.mtu ? moved.mtu : after.mtu,
      mac: sameMac(after.mac, before.mac) ? moved.mac : after.mac,
    };
  }

  async remove(): Promise<void> {}

  /** What is for other stations comes by the parent. */
  receiveAll(iface: Interface): void {
    this.#askParent(iface);
  }

  details(iface: Interface): InterfaceDetails {
    const { vlanId, proto } = tagOf(iface.tag);
    const parent = this.#parentOf(iface).name;
    return {
      info: [`parent=${parent}`, `vlan_id=${vlanId}`, ...(proto === '802.1q' ? [] : [`proto=${proto}`])],
      fields: { vlan_parent: parent, vlan_id: vlanId, vlan_proto: proto },
    };
  }

  #parentOf(iface: Interface): Interface {
    const parent = this.#interfaces.find(iface.parent ?? 0);
    if (!parent) throw new TypeError(`expected ${iface.name} to be a part of another interface`);
    return parent;
  }

  #checkPlace(
    doing: string,
    place: { readonly parent: Interface; readonly tag: number; readonly iface?: Interface },
  ): void {
    const { parent, tag, iface } = place;
    if (!sendsFrames(parent)) {
      const received = `${parent.name}, a ${parent.type}`;
      throw new ApiError('EINVAL', { doing, expected: 'a parent that sends frames', received });
    }
    if (iface && this.#isWithin(parent, iface)) {
      const expected = 'a parent that is no part of the interface itself';
      throw new ApiError('ELOOP', { doing, expected, received: parent.name });
    }
    const { vlanId } = tagOf(tag);
    const owner = this.#table.find(parent.id, vlanId);
    if (owner !== undefined && owner !== iface?.id) {
      const received = `${vlanId}, which ${this.#interfaces.find(owner)?.name} has`;
      throw new ApiError('EEXIST', { doing, expected: `a vlan_id that is free on ${parent.name}`, received });
    }
    this.#table.checkRoom(doing, parent.id);
  }

  /** Tells whether an interface is another, or a part of it, or a part of such a part. */
  #isWithin(iface: Interface, whole: Interface): boolean {
    for (let each: Interface | undefined = iface; each; each = this.#interfaces.find(each.parent ?? 0))
      if (each.id === whole.id) return true;
    return false;
  }

  #checkUnused(iface: Interface): void {
    const members = this.#table.members(iface.id);
    if (members.length === 0) return;
    const names = members.map((id) => this.#interfaces.find(id)?.name).join(', ');
    throw new ApiError('EBUSY', {
      doing: `delete interface ${iface.name}`,
      expected: 'an interface without sub-interfaces',
      received: `one with ${names}`,
    });
  }

  #join(iface: Interface): void {
    if (iface.type !== 'vlan') return;
    const parent = iface.parent ?? 0;
    this.#table.add(parent, tagOf(iface.tag).vlanId, iface.id);
    this.#interfaces.useStep(parent, 'vlan-input', true);
    this.#askParent(iface);
  }

  #part(iface: Interface): void {
    if (iface.type !== 'vlan') return;
    const parent = iface.parent ?? 0;
    this.#table.delete(parent, tagOf(iface.tag).vlanId);
    if (this.#table.members(parent).length === 0) this.#interfaces.useStep(parent, 'vlan-input', false);
    this.#interfaces.receiveAll(parent, needOf(iface), false);
  }

  #follow(before: Interface, after: Interface): void {
    if (before.parent !== after.parent || before.tag !== after.tag) {
      this.#part(before);
      this.#join(after);
    } else if (after.type === 'vlan') this.#askParent(after);
    for (const id of this.#table.members(after.id)) this.#followParent(id, before, after);
  }

  #followParent(id: number, before: Interface, after: Interface): void {
    const iface = this.#interfaces.find(id);
    if (!iface) return;
    this.#interfaces.note(id, { ...linkOf(after), ...inherit(iface, before, after) });
    const now = this.#interfaces.find(id);
    if (now) this.#askParent(now);
  }

  /** An address of its own is another station's for the parent's device. */
  #askParent(iface: Interface): void {
    const parent = this.#parentOf(iface);
    const needed = !sameMac(iface.mac, parent.mac) || this.#interfaces.receivesAll(iface);
    this.#interfaces.receiveAll(parent.id, needOf(iface), needed);
  }
}

function needOf({ id }: Interface): string {
  return `vlan ${id}`;
}

/** A part of a link runs with the whole. */
function linkOf({ up, running, speedMbps }: Interface) {
  return { running: up && running, speedMbps };
}

/** What was the parent's stays the parent's; an MTU of its own never passes the parent's. */
function inherit(iface: Interface, before: Interface, after: Interface) {
  return {
    mtu: iface.mtu === before.mtu ? after.mtu : Math.min(iface.mtu, after.mtu),
    mac: sameMac(iface.mac, before.mac) ? after.mac : iface.mac,
  };
}

function checkMtu(doing: string, mtu: number | undefined, parent: Interface): void {
  if (mtu === undefined || mtu <= parent.mtu) return;
  throw new ApiError('ERANGE', {
    doing,
    expected: `an MTU of at most ${parent.mtu}, that of ${parent.name}`,
    received: String(mtu),
  });
}
