import { ApiError } from '../../../engine/api-error.ts';
import { parseMac } from '../../../net/mac.ts';
import type { Interface, InterfaceListener } from '../../interface/index.ts';
import type { InterfaceList } from '../host.ts';
import { IFACE, ROUTER_MAC, VRF } from './link-bench.ts';

/** Interfaces in a list, without the devices behind them. */
export class TestInterfaces implements InterfaceList {
  readonly #all = new Map<number, Interface>();
  readonly #listeners: InterfaceListener[] = [];

  /** Adds p0, the interface of the bench, or another one. */
  add(fields: Partial<Interface> = {}): Interface {
    const iface: Interface = { ...template, ...fields };
    this.#all.set(iface.id, iface);
    return iface;
  }

  change(before: Interface, fields: Partial<Interface>): Interface {
    const after = { ...before, ...fields };
    this.#all.set(after.id, after);
    for (const listener of this.#listeners) listener.changed?.(before, after);
    return after;
  }

  async remove(iface: Interface): Promise<void> {
    for (const listener of this.#listeners) await listener.removing?.(iface);
    this.#all.delete(iface.id);
  }

  listen(listener: InterfaceListener): void {
    this.#listeners.push(listener);
  }

  get list(): readonly Interface[] {
    return [...this.#all.values()];
  }

  find(id: number): Interface | undefined {
    return this.#all.get(id);
  }

  named(doing: string, name: string): Interface {
    const found = [...this.#all.values()].find((iface) => iface.name === name);
    if (found) return found;
    throw new ApiError('ENODEV', { doing, expected: 'the name of an interface', received: name });
  }

  vrfNamed(doing: string, name: string): number {
    if (name === 'main') return 1;
    if (name === 'red') return VRF;
    throw new ApiError('ENODEV', { doing, expected: 'the name of a VRF', received: name });
  }

  vrfName(vrf: number): string {
    return vrf === VRF ? 'red' : 'main';
  }
}

const template: Interface = {
  id: IFACE,
  name: 'p0',
  type: 'port',
  description: '',
  up: true,
  running: true,
  promisc: false,
  snooping: false,
  mode: 'VRF',
  vrf: VRF,
  domain: 0,
  mtu: 1500,
  mac: parseMac(ROUTER_MAC),
  speedMbps: 1000,
  port: 0,
  outputStage: 'port-tx',
  checksumsOnSend: false,
};
