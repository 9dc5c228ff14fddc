import { readFileSync } from 'node:fs';
import { connectRouter, type RouterClient } from '../../../src/engine/client/router-client.ts';
import { serviceRef } from '../../../src/engine/client/service-types.ts';
import type { InterfaceService } from '../../../src/features/interface/interface_pb.js';
import type { NodePlan } from '../../../src/features/plan/index.ts';
import type { PortService } from '../../../src/features/port/port_pb.js';
import {
  etherFrame,
  icmpMessage,
  icmpv6Message,
  ipv4Packet,
  ipv6Packet,
} from '../../../src/net/frame/build.ts';
import { LabError } from '../../lab-error.ts';
import type { NodePlace } from '../place.ts';
import type { End, Probe } from './probe.ts';

const interfaces = serviceRef<typeof InterfaceService>('millrace.interface.v1.InterfaceService');
const ports = serviceRef<typeof PortService>('millrace.port.v1.PortService');

/** A probe that the router of the sender's node takes as though the sender's application had sent it. */
export class InjectedProbe implements AsyncDisposable {
  readonly #client: RouterClient;
  readonly #port: string;
  readonly #isLayer2: boolean;

  private constructor(client: RouterClient, port: string, isLayer2: boolean) {
    this.#client = client;
    this.#port = port;
    this.#isLayer2 = isLayer2;
  }

  /** @throws LabError */
  static async inject(node: NodePlace, probe: Probe): Promise<InjectedProbe> {
    const client = connectRouter({ socketPath: node.routerSocket });
    try {
      const name = await portOf(client, probe.from);
      const routerMac = routerMacOf(node, probe.from);
      const frame = Buffer.from(probeFrame(probe, routerMac)).toString('base64');
      await client.call(ports, 'injectFrame', { name, frame });
      return new InjectedProbe(client, name, routerMac === undefined);
    } catch (error) {
      client.close();
      throw error;
    }
  }

  /**
   * To be called when the router has it. In a network of layer 2 nothing would ever end what two applications send back
   * to each other: until this is closed, the router gives the sender nothing.
   */
  async noted(): Promise<void> {
    if (this.#isLayer2) await this.#set({ up: false });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      if (this.#isLayer2) await this.#set({ up: true });
    } finally {
      this.#client.close();
    }
  }

  async #set(attributes: { readonly up: boolean }): Promise<void> {
    await this.#client.call(ports, 'setPort', { name: this.#port, attributes, port: {} });
  }
}

/** The router's port to an application: its device is the application's socket. */
async function portOf(client: RouterClient, { pod, iface }: End): Promise<string> {
  const { interfaces: all = [] } = await client.call(interfaces, 'listInterfaces', { type: 'port' });
  const { socket = '' } = iface;
  const found = all.find(({ info = [] }) => info.some((each) => each.split(/[=,]/).includes(socket)));
  if (found?.name !== undefined) return found.name;
  throw new LabError(
    'LAB_TRACE',
    `expected a port with the socket ${socket} of ${pod.name} in the router of ${pod.node}, got none`,
  );
}

/** The frame of an echo request. What comes back ends at the first router, or two applications would send it back for long. */
function probeFrame({ from, to, id }: Probe, routerMac: string | undefined): Uint8Array {
  const ends = { source: from.address, destination: to.address };
  const header = { source: from.iface.mac ?? '', destination: routerMac ?? to.iface.mac ?? '' };
  const timeToLive = from.pod.node === to.pod.node ? 2 : 3;
  const rest = (id << 16) | 1;
  if (from.address.includes(':')) {
    const message = icmpv6Message({ type: 128, rest }, payload, ends);
    const packet = ipv6Packet({ ...ends, nextHeader: 58, hopLimit: timeToLive }, message);
    return etherFrame({ ...header, etherType: 0x86dd }, packet);
  }
  const message = icmpMessage({ type: 8, rest }, payload);
  const packet = ipv4Packet({ ...ends, protocol: 1, ttl: timeToLive }, message);
  return etherFrame({ ...header, etherType: 0x0800 }, packet);
}

/** To whom all is sent in a network of layer 3; in one of layer 2 stations send to each other. */
function routerMacOf({ plan }: NodePlace, { iface }: End): string | undefined {
  const { networks }: NodePlan = JSON.parse(readFileSync(plan, 'utf8'));
  const network = networks.find(({ name }) => name === iface.network);
  return network?.type === 'L3' ? network.routerMac : undefined;
}

const payload = new Uint8Array(56);
