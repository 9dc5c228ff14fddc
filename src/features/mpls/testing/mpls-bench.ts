import assert from 'node:assert/strict';
import { MODE_MEASURE } from '../../../engine/layout.ts';
import type { Outcome } from '../../../engine/testing/bench.ts';
import { etherFrame, joinBytes } from '../../../net/frame/build.ts';
import { parseMac } from '../../../net/mac.ts';
import { INTERFACE_UP } from '../../interface/layout.ts';
import {
  encapsulating,
  forwarding,
  type Link,
  type ReceiveOptions,
  Topology,
} from '../../ip/testing/topology.ts';
import {
  LABEL_CONTROL_WORD,
  LABEL_TO_INTERFACE,
  LABEL_TO_NEXT_HOP,
  LABEL_TO_STACK,
  LABEL_TO_VRF,
  STACK_COPIES,
} from '../layout.ts';

/** A label as it is to lie on the wire; the last of several is the bottom of the stack, unless it says otherwise. */
export interface WireLabel {
  readonly label: number;
  readonly ttl?: number;
  readonly trafficClass?: number;
  readonly bottom?: boolean;
}

/** The topology of the packet tests of IP, with labels taken from its first link. */
export class MplsBench {
  readonly topology: Topology;
  readonly #control: ControlFunctions;
  #stacks = 0;

  constructor(topology: Topology) {
    this.topology = topology;
    this.#control = topology.bench.tables<ControlFunctions>(controlNames);
    this.#control.hookMpls();
    this.#control.setTakesLabels(1, 1);
    for (const etherType of [0x8847, 0x8848]) topology.takeType(etherType, 'mpls-receive');
  }

  static async open(): Promise<MplsBench> {
    return new MplsBench(await Topology.open());
  }

  toVrf(label: number, vrf: number, iface = 0): void {
    this.#control.setLabel(label, LABEL_TO_VRF, vrf | (iface << 8));
  }

  toNextHop(label: number, nextHop: number): void {
    this.#control.setLabel(label, LABEL_TO_NEXT_HOP, nextHop);
  }

  toInterface(label: number, iface: number, controlWord = false): void {
    this.#control.setLabel(label, LABEL_TO_INTERFACE, iface | (controlWord ? LABEL_CONTROL_WORD : 0));
  }

  /** Makes an interface a pseudowire that sends to a next hop; zero for one that leads nowhere. */
  pseudowire(iface: number, nextHop: number, controlWord = false): void {
    const { bench, interfaces } = this.topology;
    this.#control.setPseudowire(iface, nextHop, controlWord ? 1 : 0);
    interfaces.write(iface, {
      flags: INTERFACE_UP,
      vrf: 1,
      mtu: 1400,
      mac: parseMac('02:00:00:00:00:77'),
      port: 0,
      modeNode: bench.node('ether-input'),
      outputNode: bench.node('pseudowire-output'),
      domain: 0,
    });
  }

  swap(label: number, labels: readonly number[], nextHop: number): void {
    this.#control.setLabel(label, LABEL_TO_STACK, this.#stack({ labels, via: nextHop }));
  }

  /** Makes a next hop that pushes labels. */
  push(stack: PushedStack): number {
    const index = this.topology.nextHop({ ...encapsulating, mtu: stack.mtu ?? 1500 });
    this.#control.setNextHopOutput(index, this.topology.bench.node('mpls-push'), this.#stack(stack));
    return index;
  }

  /** Receives a packet with labels on the first link from its host, the fast way and stage by stage, which must agree. */
  receive(packet: Uint8Array, options: ReceiveOptions & { readonly etherType?: number } = {}): Outcome {
    const fast = this.receiveOnce(packet, options);
    this.topology.bench.mode = MODE_MEASURE;
    const slow = this.receiveOnce(packet, options);
    this.topology.bench.mode = 0;
    assert.deepEqual(fast, slow, 'the fast way and the measured way part');
    return fast;
  }

  /** Receives it one way; its buffers must be accounted for afterwards. */
  receiveOnce(packet: Uint8Array, options: ReceiveOptions & { readonly etherType?: number } = {}): Outcome {
    const { bench, links } = this.topology;
    const [link] = links;
    const destination = options.destination ?? link.mac;
    const { etherType = 0x8847 } = options;
    const outcome = bench.receive(
      link.port,
      [etherFrame({ destination, source: link.host.mac, etherType }, packet)],
      options,
    );
    assert.equal(bench.buffersOut, 0, 'buffers are lost');
    return outcome;
  }

  #stack({ labels, via, ttl = STACK_COPIES, trafficClass = STACK_COPIES }: PushedStack): number {
    const index = ++this.#stacks;
    labels.forEach((label, place) => {
      this.#control.setStackLabel(index, place, label);
    });
    this.#control.setLabelStack(index, via, labels.length, ttl, trafficClass);
    return index;
  }
}

/** What a next hop pushes. */
export interface PushedStack {
  readonly labels: readonly number[];
  readonly via: number;
  readonly ttl?: number;
  readonly trafficClass?: number;
  readonly mtu?: number;
}

/** Puts labels, outermost first, in front of a packet. */
export function labelled(labels: readonly WireLabel[], payload: Uint8Array): Uint8Array {
  return joinBytes(...labels.map((label, place) => labelBytes(label, place + 1 === labels.length)), payload);
}

function labelBytes(entry: WireLabel, isLast: boolean): Uint8Array {
  const { label, ttl = 64, trafficClass = 0, bottom = isLast } = entry;
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, label * 4096 + trafficClass * 512 + (bottom ? 256 : 0) + ttl);
  return bytes;
}

/** A neighbour on a link that has not been asked for. */
export function unresolved(topology: Topology, link: Link, flags = 0): number {
  return topology.nextHop({ ...forwarding, link, flags });
}

interface ControlFunctions {
  hookMpls(): void;
  setLabel(label: number, kind: number, value: number): void;
  setTakesLabels(iface: number, takes: number): void;
  setLabelStack(index: number, nextHop: number, count: number, ttl: number, trafficClass: number): void;
  setStackLabel(index: number, place: number, label: number): void;
  setPseudowire(iface: number, nextHop: number, controlWord: number): void;
  setNextHopOutput(index: number, node: number, record: number): void;
}

const controlNames = [
  'hookMpls',
  'setLabel',
  'setTakesLabels',
  'setLabelStack',
  'setStackLabel',
  'setPseudowire',
  'setNextHopOutput',
] as const;
