import type { Rewrite } from '../../engine/host/rewrites.ts';
import type { Router } from '../../engine/host/router.ts';
import { addressFromBytes, formatAddress, type IpAddress } from '../../net/address.ts';
import { formatMac, type Mac, macFromBytes, randomMac } from '../../net/mac.ts';
import {
  type Interface,
  type InterfaceAttributes,
  type InterfaceDetails,
  type Interfaces,
  type InterfaceType,
  interfaceDefaults,
} from '../interface/index.ts';
import type { Addresses } from '../ip/index.ts';
import type { UdpPorts } from '../tunnel/index.ts';
import { FarEnds } from './far-ends.ts';
import { FloodLists } from './flood-lists.ts';
import { Flooding } from './flooding.ts';
import { Stations } from './stations.ts';
import type { VxlanFunctions } from './table-functions.ts';
import { TunnelChecks } from './tunnel-checks.ts';
import { sizeByLocal } from './tunnel-sizes.ts';
import { isElsewhere, TunnelTable } from './tunnel-table.ts';
import type { Vxlan } from './vxlan.ts';

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

/** All interfaces of type vxlan, and what they know of far ends and stations. */
export class Vxlans implements InterfaceType {
  readonly farEnds: FarEnds;
  readonly stations: Stations;
  readonly tunnels: TunnelTable;
  readonly checks: TunnelChecks;
  readonly flooding: Flooding;
  readonly #needs: VxlanNeeds;

  constructor(router: Router, needs: VxlanNeeds) {
    const { interfaces, addresses, nowMs } = needs;
    this.#needs = needs;
    this.farEnds = new FarEnds(router, nowMs);
    this.stations = new Stations(router, this.farEnds, nowMs);
    this.tunnels = new TunnelTable(router);
    const lists = new FloodLists(router, this.farEnds);
    this.checks = new TunnelChecks({ interfaces, addresses, tunnels: this.tunnels, floods: lists });
    this.flooding = new Flooding(router, { interfaces, tunnels: this.tunnels, checks: this.checks, lists });
    interfaces.defineType('vxlan', this);
    interfaces.listen({
      changed: (before, after) => before.mode !== after.mode && this.#follow(after),
      checkRemoval: (iface) => iface.type === 'vrf' && this.checks.unused(iface),
      removing: (iface) => this.#letGo(iface),
    });
    addresses.listen({
      added: ({ prefix }, { vrf }) => this.#noteAddress(vrf, prefix.address, true),
      removed: ({ prefix }, { vrf }) => this.#noteAddress(vrf, prefix.address, false),
    });
    router.dispatch.note({ table: 'interface-output', key: 'vxlan', stage: 'vxlan-output' });
    router.onPunt('vxlan-input', ({ iface, data }) => this.#onNews(iface, data));
  }

  /** How all of it is written again for a build that has it elsewhere. */
  get rewrite(): Rewrite {
    return {
      tables: ['VXLANS', 'VXLAN_VNIS', 'FAR_ENDS', 'VXLAN_STATIONS'],
      unknown: ['Slot', 'Place', 'LONGEST_PLACE_SEARCH'],
      write: () => {
        this.farEnds.rewrite();
        this.stations.rewrite();
        this.tunnels.rebind();
        for (const [id, { encapVrf, vni }] of this.tunnels.entries()) {
          this.flooding.lists.publish('show flood lists again', id, { vrf: encapVrf, vni });
          const iface = this.#needs.interfaces.find(id);
          if (iface) this.tunnels.write(iface);
        }
      },
      release: (before) => before<VxlanFunctions>(['dropFloodLists']).dropFloodLists(),
    };
  }

  /** Adds a tunnel; to be called in turn. @throws ApiError EINVAL, EEXIST, EADDRNOTAVAIL, EADDRINUSE, ENOSPC */
  async add(wanted: NewVxlan): Promise<Interface> {
    const { name, attributes, ...vxlan } = wanted;
    const { interfaces } = this.#needs;
    const doing = `add vxlan ${name}`;
    interfaces.checkNew(doing, name, attributes);
    this.checks.tunnel(doing, vxlan);
    const iface = this.#addInterface(doing, wanted);
    this.tunnels.set(iface.id, vxlan);
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
    const before = this.tunnels.get(id);
    const after = { ...before, ...changes };
    this.checks.tunnel(doing, after, id);
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

  async remove(iface: Interface): Promise<void> {
    const { port } = this.tunnels.get(iface.id);
    this.tunnels.delete(iface.id);
    this.#needs.udpPorts.release(port);
  }

  /** Nothing is known of one that is just being added. */
  details(iface: Interface): InterfaceDetails {
    if (!this.tunnels.has(iface.id)) return { info: [], fields: {} };
    const { vni, local, encapVrf, port } = this.tunnels.get(iface.id);
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

  #newInterface(vxlan: Vxlan) {
    return {
      ...interfaceDefaults,
      type: 'vxlan',
      mtu: sizeByLocal(this.#needs, vxlan),
      mac: randomMac(),
      outputStage: 'vxlan-output',
      farEnds: true,
    };
  }

  #open(doing: string, iface: Interface, vxlan: Vxlan): void {
    this.tunnels.bind(doing, iface.id, vxlan);
    this.flooding.lists.publish(doing, iface.id, { vrf: vxlan.encapVrf, vni: vxlan.vni });
    this.tunnels.write(iface);
  }

  /** Takes what may be refused of a changed tunnel, beside what it has; returns what gives it back. */
  #reserve(doing: string, id: number, before: Vxlan, after: Vxlan): () => void {
    const moves = isElsewhere(before, after);
    this.#needs.udpPorts.take(doing, after.port, 'vxlan-input');
    try {
      if (moves) this.tunnels.bind(doing, id, after);
    } catch (error) {
      this.#needs.udpPorts.release(after.port);
      throw error;
    }
    return () => {
      if (moves) this.tunnels.unbind(id, after);
      this.#needs.udpPorts.release(after.port);
    };
  }

  #change(doing: string, id: number, before: Vxlan, after: Vxlan): void {
    const { interfaces, udpPorts } = this.#needs;
    this.tunnels.set(id, after);
    interfaces.note(id, { running: true });
    const iface = interfaces.find(id);
    if (iface) this.tunnels.write(iface);
    if (isElsewhere(before, after)) this.tunnels.unbind(id, before);
    udpPorts.release(before.port);
    const sameEnds = before.encapVrf === after.encapVrf && before.local.family === after.local.family;
    this.stations.forget(id, sameEnds ? 'learn' : 'all');
    this.flooding.lists.publish(doing, id, { vrf: after.encapVrf, vni: after.vni });
  }

  /** A tunnel has become a bridge's member, or is none any more: who knows where stations are is another one now. */
  #follow(iface: Interface): void {
    if (!this.tunnels.has(iface.id)) return;
    this.stations.forget(iface.id, 'learn');
    this.tunnels.write(iface);
  }

  #letGo({ id, type, vrf }: Interface): void {
    if (type === 'vrf') this.flooding.removeAll(vrf);
    if (!this.tunnels.has(id)) return;
    this.tunnels.clear(id);
    this.flooding.lists.unpublish(id);
    this.stations.forget(id, 'all');
  }

  #noteAddress(vrf: number, address: IpAddress, isOurs: boolean): void {
    for (const id of this.tunnels.at(vrf, address)) {
      this.tunnels.setReady(id, isOurs);
      this.#needs.interfaces.note(id, { running: isOurs });
      const iface = this.#needs.interfaces.find(id);
      if (iface) this.tunnels.write(iface);
    }
  }

  /** What a stage has told of a datagram: its far end's address, and its frame's sender where no bridge keeps that. */
  #onNews(iface: number, data: DataView): void {
    if (!this.tunnels.has(iface)) return;
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice();
    const address = addressFromBytes(
      this.tunnels.get(iface).local.family === 'ipv4' ? bytes.subarray(12, 16) : bytes.subarray(0, 16),
    );
    const farEnd = this.farEnds.learn(address);
    const sender: Mac = macFromBytes(bytes.subarray(16, 22));
    if (farEnd && sender.value !== 0) this.stations.learn(iface, sender, farEnd);
  }
}
