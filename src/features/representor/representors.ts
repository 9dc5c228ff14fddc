import { randomInt } from 'node:crypto';
import type { Router } from '../../engine/host/router.ts';
import type { Mac } from '../../net/mac.ts';
import { type Interface, type InterfaceCounting, type Interfaces, sendsFrames } from '../interface/index.ts';
import type { Addresses } from '../ip/index.ts';
import { MAIN_VRF } from '../vrf/index.ts';
import type { RepresentorIndex } from './delivery.ts';
import { findIndexes } from './host-exchange.ts';
import type { HostMirror } from './host-mirror.ts';
import type { HostCommand } from './host-settings.ts';
import { isSameMirrored, type Mirrored, settingsOf } from './mirror.ts';
import { deleteDevice, deleteGroup, setDevice } from './netlink/devices.ts';
import { type HostTraffic, Representor } from './representor.ts';
import { isUsedByKernel, sharedDevice, shield } from './shared-device.ts';
import { quieten } from './sysctls.ts';
import { Trouble } from './trouble.ts';

/** What the representors are made from. */
export interface RepresentorNeeds {
  readonly router: Router;
  readonly interfaces: Interfaces;
  readonly counting: InterfaceCounting;
  readonly addresses: Addresses;
  readonly mirror: HostMirror;
  /** Called once, when the host has given us the first device. */
  readonly onFirst: () => void;
}

/** A TAP for every interface and a TUN for every VRF, which follow them from their beginning to their end. */
export class Representors implements RepresentorIndex {
  readonly #needs: RepresentorNeeds;
  readonly #trouble: Trouble;
  readonly #devices = new Map<number, Representor>();
  readonly #tuns = new Map<number, Representor>();
  /** Those whose settings are to be undone before they go. */
  readonly #leaving = new Set<number>();
  /** How to give a port's device back to the kernel. */
  readonly #shields = new Map<number, () => void>();
  /** How each showed before: what has not changed stays the same object (mirror.ts). */
  readonly #shown = new Map<number, Mirrored>();
  #dirty = false;
  #work: Promise<void> | undefined;

  constructor(needs: RepresentorNeeds) {
    this.#needs = needs;
    this.#trouble = new Trouble(needs.router);
  }

  /** Follows the interfaces that are there and those that come. */
  start(): void {
    const { interfaces, addresses } = this.#needs;
    for (const iface of interfaces.list) this.#open(iface);
    interfaces.listen({
      added: (iface) => this.#open(iface),
      changed: (_, after) => {
        if (this.#devices.has(after.id)) this.#follow();
        else this.#open(after);
      },
      removing: (iface) => this.#remove(iface),
    });
    const follow = ({ iface }: { readonly iface: number }) => {
      if (this.#devices.has(iface)) this.#follow();
    };
    addresses.listen({ added: follow, removed: follow });
  }

  tap(iface: number): Representor | undefined {
    const device = this.#devices.get(iface);
    return device?.kind === 'tap' ? device : undefined;
  }

  tun(vrf: number): Representor | undefined {
    return this.#tuns.get(vrf);
  }

  mac(iface: number): Mac | undefined {
    return this.#needs.interfaces.find(iface)?.mac;
  }

  /** Resolves when the host shows what the interfaces are now. */
  async settled(): Promise<void> {
    this.#needs.mirror.start();
    while (this.#work) await this.#work;
  }

  /** Undoes everything on the host. */
  async close(): Promise<void> {
    for (const id of this.#devices.keys()) this.#leaving.add(id);
    this.#follow();
    await this.settled();
    await this.#deleteAll();
    for (const device of this.#devices.values()) device.close();
    for (const unshield of this.#shields.values()) unshield();
    this.#devices.clear();
    this.#tuns.clear();
    this.#shields.clear();
  }

  #open(iface: Interface): void {
    const kind = kindOf(iface);
    if (kind === undefined || this.#trouble.refused) return;
    if (kind === 'tap' && this.#devices.size >= MOST_DEVICES) {
      this.#trouble.noteFull(MOST_DEVICES);
      return;
    }
    try {
      const counters = this.#needs.counting.controlPlane(iface.id);
      const device = new Representor({ name: iface.name, kind, counters });
      this.#begin(iface, device);
    } catch (error) {
      this.#trouble.noteMissing(iface.name, error);
    }
  }

  #begin(iface: Interface, device: Representor): void {
    if (this.#devices.size === 0) this.#needs.onFirst();
    // Who has the name of the main VRF is the only router here: what bears our mark is of the dead.
    if (iface.name === MAIN_VRF) void this.#needs.mirror.forgetThePast();
    this.#devices.set(iface.id, device);
    if (device.kind === 'tun') this.#tuns.set(iface.vrf, device);
    const [error] = quieten(device.name);
    if (error) this.#trouble.noteNoise(iface.name, error);
    this.#shield(iface);
    device.start(this.#trafficOf(iface, device));
    this.#follow();
  }

  /** Once the host has the interface's addresses, its kernel would take what comes in by a device that it shares with us. */
  #shield(iface: Interface): void {
    const { devargs } = this.#needs.interfaces.details(iface).fields;
    const device = typeof devargs === 'string' ? sharedDevice(devargs) : undefined;
    if (device === undefined) return;
    if (!isUsedByKernel(device)) this.#shields.set(iface.id, shield(device));
    else this.#trouble.noteShared(iface.name, device);
  }

  #trafficOf({ id, vrf }: Interface, device: Representor): HostTraffic {
    const { router, interfaces } = this.#needs;
    const isTap = device.kind === 'tap';
    return {
      ready: () => router.packets.room > KEPT_FREE,
      take(bytes) {
        if (!isTap) router.send(bytes, 'tun-input', { vrf });
        else router.send(bytes, 'tap-input', { output: id, vrf: interfaces.find(id)?.vrf ?? 0 });
      },
      gone: (error) => {
        this.#trouble.noteGone(device.name, error);
        this.#forget(id, vrf);
      },
    };
  }

  async #remove(iface: Interface): Promise<void> {
    if (!this.#devices.has(iface.id)) return;
    this.#leaving.add(iface.id);
    this.#follow();
    await this.settled();
    await this.#delete(iface.id);
    this.#leaving.delete(iface.id);
    this.#forget(iface.id, iface.vrf);
  }

  /** The kernel takes its time for it (unregister_netdevice), which closing the device here would wait for. */
  async #delete(id: number): Promise<void> {
    const device = this.#devices.get(id);
    if (device?.index === undefined) return;
    device.rest();
    await this.#needs.mirror.do([
      { message: deleteDevice({ name: device.name, index: device.index }), undoes: true },
    ]);
  }

  /** All in a group of their own go at once: one after the other, a thousand took 19 s. */
  async #deleteAll(): Promise<void> {
    const group = GROUPS + randomInt(GROUP_NUMBERS);
    const known = [...this.#devices.values()].flatMap(({ name, index }) =>
      index === undefined ? [] : [{ name, index }],
    );
    for (const device of this.#devices.values()) device.rest();
    const grouping = known.map((device) => setDevice(device, { group }));
    const messages = [...grouping, deleteGroup(group)];
    if (known.length > 0) await this.#needs.mirror.do(messages.map((message) => ({ message, undoes: true })));
  }

  #forget(id: number, vrf: number): void {
    const device = this.#devices.get(id);
    if (!device) return;
    device.close();
    this.#shields.get(id)?.();
    this.#shields.delete(id);
    this.#devices.delete(id);
    this.#shown.delete(id);
    if (this.#tuns.get(vrf) === device) this.#tuns.delete(vrf);
    this.#follow();
  }

  /** Brings the host in line, once for all that changes in one go. */
  #follow(): void {
    this.#dirty = true;
    this.#work ??= this.#catchUp().finally(() => {
      this.#work = undefined;
    });
  }

  async #catchUp(): Promise<void> {
    await Promise.resolve();
    while (this.#dirty) {
      this.#dirty = false;
      await this.#identify();
      await this.#rename();
      await this.#needs.mirror.become(settingsOf(this.#mirrored()));
    }
  }

  /** Settings name devices by the numbers that the kernel has given them. */
  async #identify(): Promise<void> {
    const fresh = [...this.#devices.values()].filter(({ index }) => index === undefined);
    if (fresh.length === 0) return;
    const found = await findIndexes(fresh.map(({ name }) => name));
    for (const device of fresh) device.index = found.get(device.name);
  }

  /**
   * A device takes its new name while it is down and bare (Linux before 6.2 knows no other way). Where the name has a
   * percent sign, the kernel would make a number of it.
   */
  async #rename(): Promise<void> {
    const { mirror, interfaces } = this.#needs;
    for (const [id, device] of [...this.#devices]) {
      const iface = interfaces.find(id);
      if (!iface || iface.name === device.name || this.#leaving.has(id)) continue;
      this.#leaving.add(id);
      await mirror.become(settingsOf(this.#mirrored()));
      this.#leaving.delete(id);
      const renamed = !iface.name.includes('%') && (await mirror.do(renaming(device, iface.name)));
      if (renamed) device.name = iface.name;
      else this.#giveUp(iface);
    }
  }

  #giveUp(iface: Interface): void {
    this.#forget(iface.id, iface.vrf);
    this.#trouble.noteMissing(iface.name, new Error(`the host has not taken ${iface.name} as a name`));
  }

  #mirrored(): readonly Mirrored[] {
    const { interfaces, addresses } = this.#needs;
    const main = interfaces.findNamed(MAIN_VRF)?.vrf;
    return [...this.#devices].flatMap(([id, { name, index, kind }]) => {
      const iface = interfaces.find(id);
      if (!iface || index === undefined || this.#leaving.has(id)) return [];
      const { up, running, mtu, mac, vrf } = iface;
      return this.#show(id, {
        name,
        index,
        kind,
        up,
        running,
        mtu,
        mac,
        vrf,
        main: vrf === main,
        addresses: [...addresses.of(iface.id)],
      });
    });
  }

  #show(id: number, now: Mirrored): Mirrored {
    const before = this.#shown.get(id);
    if (before && isSameMirrored(before, now)) return before;
    this.#shown.set(id, now);
    return now;
  }
}

/**
 * Most devices on the host, for all but VRFs: each change looks at all of them, and networks in their thousands (VNIs, VLANs)
 * are not what programs of the host speak on.
 */
const MOST_DEVICES = 1024;
/** Devices are in group 0 where nobody says another; ours, while they are deleted, in one of these. */
const GROUPS = 0x4d000000;
const GROUP_NUMBERS = 1 << 24;
/** Places in the ring to the datapath that the host's packets leave to others. */
const KEPT_FREE = 2048;

function kindOf(iface: Interface): 'tap' | 'tun' | undefined {
  if (iface.type === 'vrf') return 'tun';
  return !sendsFrames(iface) || iface.access ? undefined : 'tap';
}

function renaming({ name, index = 0 }: Representor, to: string): readonly HostCommand[] {
  const device = { name, index };
  return [{ message: setDevice(device, { up: false }) }, { message: setDevice(device, { name: to }) }];
}
