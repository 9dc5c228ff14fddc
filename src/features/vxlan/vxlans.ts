import { ApiError } from '../../engine/api-error.ts';
import type { Router } from '../../engine/host/router.ts';
import { addressFromBytes, formatAddress, type IpAddress, sameAddress } from '../../net/address.ts';
import { formatMac, type Mac, macFromBytes, randomMac } from '../../net/mac.ts';
import type {
  Interface,
  InterfaceAttributes,
  InterfaceDetails,
  Interfaces,
  InterfaceType,
} from '../interface/index.ts';
import type { Addresses } from '../ip/index.ts';
import type { UdpPorts } from '../tunnel/index.ts';
import { FarEnds } from './far-ends.ts';
import { type FloodEntry, FloodLists } from './flood-lists.ts';
import { MAX_KEYS, VXLAN_BRIDGED, VXLAN_IP6, VXLAN_READY } from './layout.ts';
import { Stations } from './stations.ts';
import { checkEnd, checkNumber, checkVxlan, endWords, MAX_VNI, overheadOf, type Vxlan } from './vxlan.ts';

/** What tunnels need of lower features. */
export interface VxlanNeeds {
  readonly interfaces: Interfaces;
  readonly addresses: Addresses;
  readonly udpPorts: UdpPorts;
  readonly nowMs: () => number;
}

/** A tunnel to be added. */
export interface NewVxlan extends Vxlan {
  readonly name: string;
  readonly attributes: InterfaceAttributes;
}

/** All interfaces of type vxlan: the only writer of the tables that their stages read. */
export class Vxlans implements InterfaceType {
  readonly farEnds: FarEnds;
  readonly floods: FloodLists;
  readonly stations: Stations;
  readonly #router: Router;
  readonly #needs: VxlanNeeds;
  readonly #table: Table;
  readonly #tunnels = new Map<number, Vxlan>();
  readonly #byVni = new Map<string, number>();
  /** Those whose local address is one of ours. */
  readonly #ready = new Set<number>();

  constructor(router: Router, needs: VxlanNeeds) {
    this.#router = router;
    this.#needs = needs;
    this.#table = router.tables<Table>(['setVxlan', 'bindVni', 'unbindVni']);
    this.farEnds = new FarEnds(router, needs.nowMs);
    this.floods = new FloodLists(router, this.farEnds);
    this.stations = new Stations(router, this.farEnds, needs.nowMs);
    needs.interfaces.defineType('vxlan', this);
    needs.interfaces.listen({
      changed: (before, after) => before.mode !== after.mode && this.#follow(after),
      checkRemoval: (iface) => this.#checkUnused(iface),
      removing: (iface) => this.#letGo(iface),
    });
    needs.addresses.listen({
      added: ({ prefix }, { vrf }) => this.#noteAddress(vrf, prefix.address, true),
      removed: ({ prefix }, { vrf }) => this.#noteAddress(vrf, prefix.address, false),
    });
    router.dispatch.note({ table: 'interface-output', key: 'vxlan', stage: 'vxlan-output' });
    router.onPunt('vxlan-input', ({ iface, data }) => this.#onNews(iface, data));
  }

  /** Adds a tunnel; to be called in turn. @throws ApiError EINVAL, EEXIST, EADDRNOTAVAIL, EADDRINUSE, ENOSPC */
  async add(wanted: NewVxlan): Promise<Interface> {
    const { name, attributes, ...vxlan } = wanted;
    const { interfaces } = this.#needs;
    const doing = `add vxlan ${name}`;
    interfaces.checkNew(doing, name, attributes);
    this.#check(doing, vxlan);
    const iface = this.#addInterface(doing, wanted);
    this.#tunnels.set(iface.id, vxlan);
    try {
      this.#open(doing, iface, vxlan);
    } catch (error) {
      await interfaces.remove(name);
      throw error;
    }
    return iface;
  }

  /** Changes a tunnel, all or nothing; to be called in turn. @throws ApiError as `add` */
  async set(
    name: string,
    changes: Partial<Vxlan>,
    attributes: InterfaceAttributes,
    newName?: string,
  ): Promise<Interface> {
    const { interfaces } = this.#needs;
    const doing = `set vxlan ${name}`;
    const { id } = interfaces.named(doing, name, 'vxlan');
    const before = this.tunnel(id);
    const after = { ...before, ...changes };
    this.#check(doing, after, id);
    const undo = this.#reserve(doing, id, before, after);
    try {
      await interfaces.set(name, attributes, newName);
    } catch (error) {
      undo();
      throw error;
    }
    this.#change(doing, id, before, after);
    return interfaces.named(doing, newName ?? name);
  }

  /** Tells whether an interface is of this type. */
  has(id: number): boolean {
    return this.#tunnels.has(id);
  }

  /** What an interface of this type sends and receives by. */
  tunnel(id: number): Vxlan {
    const found = this.#tunnels.get(id);
    if (!found) throw new Error(`interface ${id} is no vxlan`);
    return found;
  }

  /** Lets a far end get what is for all stations of a VNI. @throws ApiError EINVAL, EEXIST, ENOSPC */
  addFlood(entry: FloodEntry): void {
    const { vrf, vni, address } = entry;
    const doing = `add flood vtep ${formatAddress(address)}`;
    checkNumber(doing, { what: 'a VNI', value: vni, most: MAX_VNI });
    this.checkFarEnd(doing, vrf, address);
    const iface = this.#byVni.get(keyOf(vrf, vni));
    if (iface !== undefined) checkFamily(doing, this.tunnel(iface).local, address);
    this.floods.add(doing, entry);
    this.#showFlood(doing, vrf, vni);
    this.#router.emit({ type: 'flood add', text: this.#describe(entry) });
  }

  /** Takes a far end from a VNI's flood list. @throws ApiError ENOENT */
  removeFlood(entry: FloodEntry): void {
    const doing = `delete flood vtep ${formatAddress(entry.address)}`;
    this.floods.remove(doing, entry);
    this.#showFlood(doing, entry.vrf, entry.vni);
    this.#router.emit({ type: 'flood del', text: this.#describe(entry) });
  }

  /** Checks that an address can be a far end of a tunnel. @throws ApiError EINVAL */
  checkFarEndOf(doing: string, id: number, address: IpAddress): void {
    const { local, encapVrf } = this.tunnel(id);
    this.checkFarEnd(doing, encapVrf, address);
    checkFamily(doing, local, address);
  }

  /** Checks that an address can be a far end in a VRF. @throws ApiError EINVAL */
  checkFarEnd(doing: string, vrf: number, address: IpAddress): void {
    checkEnd(doing, address);
    const owner = this.#needs.addresses.ownerOf(vrf, address);
    if (!owner) return;
    const received = `${formatAddress(address)} of ${owner.name}`;
    throw new ApiError('EINVAL', { doing, expected: "another router's address", received });
  }

  async remove(iface: Interface): Promise<void> {
    const { port } = this.tunnel(iface.id);
    this.#tunnels.delete(iface.id);
    this.#ready.delete(iface.id);
    this.#needs.udpPorts.release(port);
  }

  details(iface: Interface): InterfaceDetails {
    const { vni, local, encapVrf, port } = this.tunnel(iface.id);
    const fields = {
      vni,
      local: formatAddress(local),
      encap_vrf: this.#needs.interfaces.vrfName(encapVrf),
      dst_port: port,
      mac: formatMac(iface.mac),
    };
    const info = Object.entries(fields)
      .filter(([key]) => key !== 'mac')
      .map(([key, value]) => `${key}=${value}`);
    if (iface.running) return { info, fields };
    const reason = 'local-not-ours';
    return { info: [...info, `down=${reason}`], fields: { ...fields, down: reason } };
  }

  /** Does what time has brought. */
  tick(): void {
    this.stations.tick();
    this.farEnds.tick();
  }

  #check(doing: string, vxlan: Vxlan, id?: number): void {
    const { vni, local, encapVrf } = vxlan;
    checkVxlan(doing, vxlan);
    const other = this.#byVni.get(keyOf(encapVrf, vni));
    if (other !== undefined && other !== id) {
      const received = `${vni}, which ${this.#needs.interfaces.find(other)?.name} has`;
      const expected = 'a VNI that no other interface has in that VRF';
      throw new ApiError('EEXIST', { doing, expected, received });
    }
    if (!this.#needs.addresses.ownerOf(encapVrf, local)) {
      const expected = `an address of ours in the VRF ${this.#needs.interfaces.vrfName(encapVrf)}`;
      throw new ApiError('EADDRNOTAVAIL', { doing, expected, received: formatAddress(local) });
    }
    for (const { address } of this.floods.of(encapVrf, vni)) checkFamily(doing, local, address);
    if (id === undefined && this.#tunnels.size >= MAX_KEYS) {
      throw new ApiError('ENOSPC', { doing, expected: `at most ${MAX_KEYS} tunnels`, received: 'one more' });
    }
  }

  #addInterface(doing: string, { name, attributes, ...vxlan }: NewVxlan): Interface {
    const { interfaces, udpPorts } = this.#needs;
    udpPorts.take(doing, vxlan.port, 'vxlan-input');
    try {
      return interfaces.add({ ...this.#newInterface(vxlan), name, ...attributes });
    } catch (error) {
      udpPorts.release(vxlan.port);
      throw error;
    }
  }

  #newInterface({ encapVrf, local }: Vxlan) {
    const owner = this.#needs.addresses.ownerOf(encapVrf, local);
    return {
      type: 'vxlan',
      description: '',
      up: true,
      running: true,
      promisc: false,
      snooping: false,
      vrf: 1,
      domain: 0,
      mtu: Math.max((owner?.mtu ?? UNDERLAY_MTU) - overheadOf(local), MIN_MTU),
      mac: randomMac(),
      speedMbps: 0,
      port: 0,
      outputStage: 'vxlan-output',
      checksumsOnSend: false,
      farEnds: true,
    };
  }

  #open(doing: string, iface: Interface, vxlan: Vxlan): void {
    this.#bind(doing, iface.id, vxlan);
    this.floods.publish(doing, iface.id, { vrf: vxlan.encapVrf, vni: vxlan.vni });
    this.#ready.add(iface.id);
    this.#write(iface);
  }

  /** Takes what may be refused of a changed tunnel, beside what it has; returns what gives it back. */
  #reserve(doing: string, id: number, before: Vxlan, after: Vxlan): () => void {
    const moves = isElsewhere(before, after);
    this.#needs.udpPorts.take(doing, after.port, 'vxlan-input');
    try {
      if (moves) this.#bind(doing, id, after);
    } catch (error) {
      this.#needs.udpPorts.release(after.port);
      throw error;
    }
    return () => {
      if (moves) this.#unbind(after);
      this.#needs.udpPorts.release(after.port);
    };
  }

  #change(doing: string, id: number, before: Vxlan, after: Vxlan): void {
    const { interfaces, udpPorts } = this.#needs;
    this.#tunnels.set(id, after);
    this.#ready.add(id);
    interfaces.note(id, { running: true });
    const iface = interfaces.find(id);
    if (iface) this.#write(iface);
    if (isElsewhere(before, after)) this.#unbind(before);
    udpPorts.release(before.port);
    const sameEnds = before.encapVrf === after.encapVrf && before.local.family === after.local.family;
    this.stations.forget(id, sameEnds ? 'learn' : 'all');
    this.floods.publish(doing, id, { vrf: after.encapVrf, vni: after.vni });
  }

  #bind(doing: string, id: number, { encapVrf, vni }: Vxlan): void {
    if (this.#table.bindVni(encapVrf, vni, id) === 0) {
      throw new ApiError('ENOSPC', { doing, expected: 'room for one more VNI', received: 'none left' });
    }
    this.#byVni.set(keyOf(encapVrf, vni), id);
  }

  #unbind({ encapVrf, vni }: Vxlan): void {
    this.#table.unbindVni(encapVrf, vni);
    this.#byVni.delete(keyOf(encapVrf, vni));
  }

  #write(iface: Interface): void {
    const { vni, local, encapVrf, port } = this.tunnel(iface.id);
    const { low, high } = endWords(local);
    const flags =
      (this.#ready.has(iface.id) ? VXLAN_READY : 0) |
      (iface.mode === 'bridge' ? VXLAN_BRIDGED : 0) |
      (local.family === 'ipv6' ? VXLAN_IP6 : 0);
    this.#table.setVxlan(iface.id, flags, encapVrf, vni, port, low, high);
  }

  /** A tunnel has become a bridge's member, or is none any more: who knows where stations are is another one now. */
  #follow(iface: Interface): void {
    if (!this.#tunnels.has(iface.id)) return;
    this.stations.forget(iface.id, 'learn');
    this.#write(iface);
  }

  #letGo(iface: Interface): void {
    if (iface.type === 'vrf') this.#dropFloods(iface.vrf);
    const vxlan = this.#tunnels.get(iface.id);
    if (!vxlan) return;
    this.#unbind(vxlan);
    this.#table.setVxlan(iface.id, 0, 0, 0, 0, 0n, 0n);
    this.floods.unpublish(iface.id);
    this.stations.forget(iface.id, 'all');
  }

  #dropFloods(vrf: number): void {
    for (const entry of this.floods.list(vrf)) this.removeFlood(entry);
  }

  #checkUnused(iface: Interface): void {
    if (iface.type !== 'vrf') return;
    const users = [...this.#tunnels].filter(([, { encapVrf }]) => encapVrf === iface.vrf);
    if (users.length === 0) return;
    const names = users.map(([id]) => this.#needs.interfaces.find(id)?.name).join(', ');
    throw new ApiError('EBUSY', {
      doing: `delete vrf ${iface.name}`,
      expected: 'a VRF that is no underlay of tunnels',
      received: `that of ${names}`,
    });
  }

  #noteAddress(vrf: number, address: IpAddress, isOurs: boolean): void {
    for (const [id, { encapVrf, local }] of this.#tunnels) {
      if (encapVrf !== vrf || !sameAddress(local, address)) continue;
      if (isOurs) this.#ready.add(id);
      else this.#ready.delete(id);
      this.#needs.interfaces.note(id, { running: isOurs });
      const iface = this.#needs.interfaces.find(id);
      if (iface) this.#write(iface);
    }
  }

  /** What a stage has told of a datagram: its far end's address, and its frame's sender where no bridge keeps that. */
  #onNews(iface: number, data: DataView): void {
    if (!this.#tunnels.has(iface)) return;
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice();
    const address = addressFromBytes(
      this.tunnel(iface).local.family === 'ipv4' ? bytes.subarray(12, 16) : bytes.subarray(0, 16),
    );
    const farEnd = this.farEnds.learn(address);
    const sender: Mac = macFromBytes(bytes.subarray(16, 22));
    if (farEnd && sender.value !== 0) this.stations.learn(iface, sender, farEnd);
  }

  #showFlood(doing: string, vrf: number, vni: number): void {
    const iface = this.#byVni.get(keyOf(vrf, vni));
    if (iface !== undefined) this.floods.publish(doing, iface, { vrf, vni });
  }

  #describe({ vrf, vni, address }: FloodEntry): string {
    return `vrf=${this.#needs.interfaces.vrfName(vrf)} vni=${vni} ${formatAddress(address)}`;
  }
}

/** MTU of an underlay that is not known. */
const UNDERLAY_MTU = 1500;
/** Smallest MTU of an interface (RFC 8200 5). */
const MIN_MTU = 1280;

function isElsewhere(before: Vxlan, after: Vxlan): boolean {
  return keyOf(before.encapVrf, before.vni) !== keyOf(after.encapVrf, after.vni);
}

function keyOf(vrf: number, vni: number): string {
  return `${vrf} ${vni}`;
}

/** Both ends of a tunnel are of one family. @throws ApiError EINVAL */
function checkFamily(doing: string, local: IpAddress, remote: IpAddress): void {
  if (local.family === remote.family) return;
  throw new ApiError('EINVAL', {
    doing,
    expected: `a far end of the family of ${formatAddress(local)}`,
    received: formatAddress(remote),
  });
}

interface Table {
  setVxlan(
    id: number,
    flags: number,
    vrf: number,
    vni: number,
    port: number,
    low: bigint,
    high: bigint,
  ): void;
  bindVni(vrf: number, vni: number, id: number): number;
  unbindVni(vrf: number, vni: number): number;
}
