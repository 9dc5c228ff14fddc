import { ApiError } from '../../engine/api-error.ts';
import { removeStaleSocket } from '../../engine/host/api/stale-socket.ts';
import * as dpdk from '../../engine/host/dpdk.ts';
import type { Router } from '../../engine/host/router.ts';
import { formatMac, type Mac } from '../../net/mac.ts';
import {
  DEFAULT_MTU,
  type Interface,
  type InterfaceAttributes,
  type InterfaceDetails,
  type Interfaces,
  type InterfaceType,
  interfaceDefaults,
} from '../interface/index.ts';
import {
  checkMtu,
  configureDevice,
  fillsChecksums,
  ownMac,
  type PortDevice,
  setMac,
  setPromiscuous,
  takesAllMulticast,
  takesMac,
  takesMtu,
  type WantedQueues,
} from './device.ts';
import { listeningSocket } from './listening-socket.ts';
import { TapWatch } from './moved-tap.ts';
import { Polling } from './polling.ts';
import { PortLinks } from './port-links.ts';

/** What a user may say of a port beyond what any interface has. */
export interface PortAttributes {
  readonly mac?: Mac;
  /** Receive queues. */
  readonly rxqs?: number;
  /** Descriptors per queue. */
  readonly qsize?: number;
}

/** A port to be added. */
export interface NewPort {
  readonly name: string;
  readonly devargs: string;
  readonly attributes: InterfaceAttributes;
  readonly port: PortAttributes;
}

/** DPDK devices as interfaces: added, changed and removed while packets flow. */
export class Ports implements InterfaceType {
  readonly polling: Polling;
  readonly #router: Router;
  readonly #interfaces: Interfaces;
  readonly #devices = new Map<number, PortDevice>();
  readonly #links: PortLinks;

  constructor(router: Router, interfaces: Interfaces) {
    this.#router = router;
    this.#interfaces = interfaces;
    this.polling = new Polling(router);
    this.#links = new PortLinks({ router, interfaces, devices: this.#devices });
    interfaces.defineType('port', this);
    router.dispatch.note({ table: 'interface-output', key: 'port', stage: 'port-tx' });
  }

  /** Begins to follow the ports' links, by their interrupts and once a second. */
  start(): void {
    this.#links.start();
  }

  /** The device of a port. */
  device(port: number): PortDevice | undefined {
    return this.#devices.get(port);
  }

  /** Probes, configures and starts a device. @throws DpdkError, ApiError; nothing is left behind then */
  async add(wanted: NewPort): Promise<Interface> {
    const doing = `add port ${wanted.name}`;
    this.#interfaces.checkNew(doing, wanted.name, { ...wanted.attributes, ...mac(wanted.port) });
    this.polling.checkRoom(doing, wanted.port.rxqs ?? 1);
    const socket = listeningSocket(wanted.devargs);
    if (socket !== undefined) await removeStaleSocket(doing, socket);
    const port = (await this.#router.probed.take(wanted.devargs)) ?? dpdk.portProbe(wanted.devargs);
    try {
      return await this.#bind(await this.#open(port, wanted));
    } catch (error) {
      await this.#giveUp(port, wanted.devargs);
      throw error;
    }
  }

  /** Looks at a port's link many times a second while somebody needs it: the device may have no interrupt for it. */
  watchClosely(port: number, closely: boolean): void {
    this.#links.watchClosely(port, closely);
  }

  /** Changes queues and their sizes; the device restarts, its interface stays. */
  async setQueues(iface: Interface, attributes: PortAttributes): Promise<void> {
    const device = this.#devices.get(iface.port);
    if (!device || (attributes.rxqs === undefined && attributes.qsize === undefined)) return;
    const wanted = { rxqs: device.queues.rxQueues, qsize: device.queues.rxSize, ...attributes };
    this.polling.checkRoom(`set interface ${iface.name}`, wanted.rxqs - device.queues.rxQueues);
    await this.#restart(iface, device, { ...wanted, mtu: iface.mtu });
  }

  /** Moves the datapath to other CPUs, more or fewer; ports get as many transmit queues as there are workers. */
  async setDatapathCpus(cpus: readonly number[]): Promise<void> {
    await this.polling.setCpus(cpus);
    for (const [port, device] of this.#devices) {
      const iface = this.#interfaces.list.find((each) => each.type === 'port' && each.port === port);
      const wanted = Math.min(cpus.length, device.info.maxTxQueues);
      if (!iface || device.queues.txQueues >= wanted || device.tap?.isElsewhere)
        this.polling.shareTransmit(port, device.queues.txQueues);
      else await this.setQueues(iface, { rxqs: device.queues.rxQueues });
    }
  }

  /** Makes a change of MTU, MAC address or promiscuous mode real. */
  async change(before: Interface, after: Interface): Promise<Interface> {
    const device = this.#devices.get(before.port);
    if (device && after.mtu !== before.mtu) await this.#setMtu(after, device);
    if (after.mac.value !== before.mac.value) this.#setMac(before.port, after.mac);
    return after;
  }

  /** What a TAP is given it hands over, and one that was moved cannot be asked. */
  receiveAll(iface: Interface, all: boolean): void {
    const device = this.#devices.get(iface.port);
    if (device?.chooses && !device.tap?.isElsewhere) setPromiscuous(iface.port, all);
  }

  /** A device without room for one more address, or one that may not take it, receives all instead. */
  receiveMac({ port }: Interface, mac: Mac, wanted: boolean): boolean {
    const device = this.#devices.get(port);
    if (!device?.chooses || device.tap?.isElsewhere) return false;
    return takesMac(port, mac, wanted);
  }

  async remove(iface: Interface): Promise<void> {
    await this.#close(iface.port);
  }

  details(iface: Interface): InterfaceDetails {
    const device = this.#devices.get(iface.port);
    const fields = {
      devargs: device?.devargs ?? '',
      driver: device?.info.driver ?? '',
      n_rxq: device?.queues.rxQueues ?? 0,
      n_txq: device?.queues.txQueues ?? 0,
      rxq_size: device?.queues.rxSize ?? 0,
      txq_size: device?.queues.txSize ?? 0,
      link: iface.running ? 'up' : 'down',
    };
    return { info: [`devargs=${fields.devargs}`, `mac=${formatMac(iface.mac)}`], fields };
  }

  counters(iface: Interface): { readonly rxDrops: bigint; readonly txErrors: bigint } {
    if (!this.#devices.has(iface.port)) return { rxDrops: 0n, txErrors: 0n };
    const stats = dpdk.portStats(iface.port);
    const unsent = this.#router.workers.unsent(iface.port);
    return { rxDrops: stats.rxMissed + stats.rxErrors + stats.rxNoBuffer, txErrors: stats.txErrors + unsent };
  }

  /** Closes all ports, for a router that ends: first all are told to stop, which takes some devices long. */
  async close(): Promise<void> {
    this.#links.close();
    const ports = [...this.#devices.keys()];
    for (const port of ports) await this.#stop(port);
    for (const port of ports) dpdk.portClose(port);
  }

  async #open(port: number, wanted: NewPort): Promise<Interface> {
    const info = dpdk.portInfo(port);
    const mtu = wanted.attributes.mtu ?? Math.min(DEFAULT_MTU, info.maxMtu);
    const queues = this.#configure(port, info, { ...wanted.port, mtu });
    const hasMac = !wanted.port.mac || setMac(port, wanted.port.mac);
    dpdk.portStart(port);
    const device = { devargs: wanted.devargs, info, queues, tap: TapWatch.find(wanted.devargs) };
    this.#devices.set(port, { ...device, chooses: false });
    const chooses = takesAllMulticast(port) && hasMac;
    setPromiscuous(port, !chooses);
    this.#devices.set(port, { ...device, chooses });
    await this.#router.quiet(); // a worker that stands still refuses the port before anybody has seen its interface
    const link = dpdk.portLink(port);
    const iface = this.#interfaces.add({
      ...interfaceDefaults,
      name: wanted.name,
      type: 'port',
      port,
      outputStage: 'port-tx',
      ...wanted.attributes,
      mtu,
      mac: wanted.port.mac ?? ownMac(port),
      running: link.up,
      speedMbps: link.speedMbps,
      checksumsOnSend: fillsChecksums(queues),
    });
    this.#router.view.setUint16(this.#router.region('PORT_INTERFACES') + port * 2, iface.id, true);
    await this.polling.addPort(port, { receive: queues.rxQueues, transmit: queues.txQueues });
    return iface;
  }

  /** Gives a new port what its domain says of it; without that it is none. */
  async #bind(iface: Interface): Promise<Interface> {
    if (iface.domain === 0) return iface;
    try {
      return await this.#interfaces.set(iface.name, {});
    } catch (error) {
      await this.#interfaces.remove(iface.name);
      throw error;
    }
  }

  /** Closes a device that has become no port; why it has not is what counts. */
  async #giveUp(port: number, devargs: string): Promise<void> {
    try {
      await this.#close(port);
    } catch (error) {
      this.#router.log.error(
        { error, devargs },
        'a device stays open until the router ends: a worker may still poll it',
      );
    }
  }

  async #close(port: number): Promise<void> {
    await this.#stop(port);
    dpdk.portClose(port);
  }

  /** Devices that were told to stop one after another do so side by side, until they are closed. */
  async #stop(port: number): Promise<void> {
    await this.polling.removePort(port);
    this.#router.view.setUint16(this.#router.region('PORT_INTERFACES') + port * 2, 0, true);
    if (this.#devices.delete(port)) dpdk.portStop(port);
  }

  #configure(port: number, info: dpdk.PortInfo, wanted: WantedQueues): Required<dpdk.PortOptions> {
    return configureDevice(port, info, { ...wanted, workers: this.#router.workers.list.length });
  }

  /** Stops, configures and starts a device; one that refuses gets back what it had. @throws what it refused with */
  async #restart(iface: Interface, device: PortDevice, wanted: WantedQueues): Promise<void> {
    checkRestartable(`set interface ${iface.name}`, device);
    await this.polling.removePort(iface.port);
    try {
      dpdk.portStop(iface.port);
      this.#reopen(iface.port, device, wanted);
    } catch (error) {
      const { rxQueues: rxqs, rxSize: qsize, mtu } = device.queues;
      this.#reopen(iface.port, device, { rxqs, qsize, mtu });
      throw error;
    } finally {
      const { queues } = this.#devices.get(iface.port) ?? device;
      await this.polling.addPort(iface.port, { receive: queues.rxQueues, transmit: queues.txQueues });
    }
  }

  #reopen(port: number, device: PortDevice, wanted: WantedQueues): void {
    const queues = this.#configure(port, device.info, wanted);
    dpdk.portStart(port);
    this.#devices.set(port, { ...device, queues });
  }

  /** Some drivers take a new MTU while they run, the others with a restart. */
  async #setMtu(iface: Interface, device: PortDevice): Promise<void> {
    checkMtu(`set interface ${iface.name}`, iface.mtu, device.info);
    // Queues that were made for longer packets take shorter ones; a TAP that was moved has an MTU of its own there.
    if (iface.mtu <= device.queues.mtu && (device.tap?.isElsewhere || takesMtu(iface.port, iface.mtu)))
      return;
    const { rxQueues: rxqs, rxSize: qsize } = device.queues;
    await this.#restart(iface, device, { rxqs, qsize, mtu: iface.mtu });
  }

  /** A device that cannot change its address receives everything instead: ether-input chooses. */
  #setMac(port: number, mac: Mac): void {
    const device = this.#devices.get(port);
    if (!device || setMac(port, mac)) return;
    this.#devices.set(port, { ...device, chooses: false });
    setPromiscuous(port, true);
  }
}

function mac(attributes: PortAttributes): { readonly mac?: Mac } {
  return attributes.mac === undefined ? {} : { mac: attributes.mac };
}

/** DPDK starts a TAP by its name, which is not known here once it was moved. @throws ApiError ENODEV */
function checkRestartable(doing: string, { tap }: PortDevice): void {
  if (!tap?.isElsewhere) return;
  throw new ApiError('ENODEV', {
    doing,
    expected: "a TAP in the router's network namespace, as the device has to restart for this",
    received: 'one that was moved to another',
  });
}
