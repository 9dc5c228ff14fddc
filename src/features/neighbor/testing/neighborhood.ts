import { type IpAddress, parseAddress } from '../../../net/address.ts';
import { etherFrame, ipv4Packet, ipv6Packet } from '../../../net/frame/build.ts';
import { type ArpFields, arpMessage } from '../../../net/frame/build-arp.ts';
import { decodeFrame } from '../../../net/frame/decode.ts';
import { describeLayers } from '../../../net/frame/describe.ts';
import { parseMac } from '../../../net/mac.ts';
import { contains, parsePrefix } from '../../../net/prefix.ts';
import type { Interface } from '../../interface/index.ts';
import { NextHops } from '../next-hops.ts';
import { UserNextHops } from '../user-next-hops.ts';
import { BenchRouter } from './bench-router.ts';
import { TestInterfaces } from './interface-list.ts';
import { HOST_MAC, IFACE, LinkBench, VRF } from './link-bench.ts';

/** The router's addresses on the link of p0, with their subnets. */
const OWN = ['10.0.0.1/24', '2001:db8::1/64'].map(parsePrefix);

/** The whole feature on the bench: stages, tables and control, on a clock that stands until it is moved. */
export class Neighborhood {
  readonly link: LinkBench;
  readonly router: BenchRouter;
  readonly interfaces = new TestInterfaces();
  readonly hops: NextHops;
  readonly users: UserNextHops;
  iface: Interface;
  readonly notices: string[] = [];
  nowMs = 1_000_000;

  constructor(link: LinkBench) {
    this.link = link;
    this.router = new BenchRouter(link.bench);
    this.iface = this.interfaces.add();
    const { router, interfaces } = this;
    this.hops = new NextHops({ router, interfaces, stages, nowMs: () => this.nowMs });
    this.users = new UserNextHops(this.hops);
    this.hops.attach({
      sourceFor: (_, target) => OWN.find(({ address }) => address.family === target.family)?.address,
      isOnLink: (_, address) => OWN.some((prefix) => contains(prefix, address)),
      usersOf: (nextHop) => [`route via ${nextHop}`],
    });
    this.hops.onNeighbor((change, { vrf, iface, address }) => {
      this.notices.push(`${change} vrf=${vrf} iface=${iface} ${textOf(address)}`);
    });
    for (const { address } of OWN) this.hops.answers.answerFor(this.iface, address);
    this.look();
  }

  static async open(): Promise<Neighborhood> {
    return new Neighborhood(await LinkBench.open());
  }

  /** Sends a packet to an address of the subnet, as the router does: to the next hop of all the link. */
  send(destination: string): void {
    this.sendVia(this.hops.connected(this.iface), destination);
  }

  /** Sends a packet to an address through a next hop. */
  sendVia(nextHop: number, destination: string): void {
    this.#inject(destination.includes(':') ? 'ip6-output' : 'ip4-output', nextHop, destination);
  }

  /** Sends a packet of a flow to an address through a group. */
  sendFlow(group: number, destination: string): void {
    this.#inject('ip4-group', group, destination);
  }

  /** Lets a packet to an address wait for its next hop, whatever that is. */
  hold(nextHop: number, destination: string): void {
    this.#inject('neighbor-hold', nextHop, destination);
  }

  #inject(stage: string, nextHop: number, destination: string): void {
    const source = destination.includes(':') ? '2001:db8:9::9' : '192.0.2.9';
    const packet = destination.includes(':')
      ? ipv6Packet({ source, destination, nextHeader: 59 }, new Uint8Array(4))
      : ipv4Packet({ source, destination, protocol: 253 }, new Uint8Array(4));
    const etherType = destination.includes(':') ? 0xdd86 : 0x0008;
    this.router.take(this.link.bench.inject(stage, packet, { iface: IFACE, vrf: VRF, nextHop, etherType }));
  }

  /** Receives an ARP message. */
  arp(fields: {
    readonly operation?: ArpFields['operation'];
    readonly sender: string;
    readonly target: string;
    readonly mac?: string;
  }): void {
    const mac = fields.mac ?? HOST_MAC;
    const message = arpMessage({
      operation: fields.operation ?? 'reply',
      senderMac: parseMac(mac),
      sender: ipv4(fields.sender),
      target: ipv4(fields.target),
    });
    const frame = etherFrame({ destination: 'ff:ff:ff:ff:ff:ff', source: mac, etherType: 0x0806 }, message);
    this.router.take(this.link.bench.receive(0, [frame]));
  }

  /** Receives the answer to an ARP request of ours. */
  answer(address: string, mac = HOST_MAC): void {
    this.arp({ sender: address, target: '10.0.0.1', mac });
  }

  /** Lets time pass, a second at a time. */
  pass(seconds: number): void {
    for (let second = 0; second < seconds; second++) {
      this.nowMs += 1000;
      this.hops.neighbors.tick();
    }
  }

  /** What left, each frame on a line, and where packets ended, since the last look. */
  look() {
    const { sent, ended } = this.router.look();
    return { sent: sent.map((frame) => describeLayers(decodeFrame(frame))), ended };
  }

  /** State and MAC address of the neighbour with an address. */
  stateOf(address: string): string {
    const found = this.hops.table.findNeighbor(IFACE, parseAddress(address));
    return found ? (this.hops.neighbors.find(found.index)?.state ?? 'none') : 'unknown';
  }

  /** Changes attributes of p0. */
  change(fields: Partial<Interface>): void {
    this.iface = this.interfaces.change(this.iface, fields);
  }
}

function textOf(address: IpAddress): string {
  return `${address.family}/${address.value.toString(16)}`;
}

function ipv4(text: string) {
  const address = parseAddress(text);
  if (address.family !== 'ipv4') throw new Error(`${text} is no IPv4 address`);
  return address;
}

const stages = {
  forward: { ipv4: 'ip4-forward', ipv6: 'ip6-forward' },
  encapsulation: { ipv4: 'ip4-encapsulate', ipv6: 'ip6-forward' },
  local: { ipv4: 'ip4-local', ipv6: 'ip6-local' },
  blackhole: { ipv4: 'ip-blackhole', ipv6: 'ip-blackhole' },
  reject: { ipv4: 'ip4-reject', ipv6: 'ip6-reject' },
  unreachable: { ipv4: 'ip-blackhole', ipv6: 'ip-blackhole' },
  vrf: { ipv4: 'ip4-vrf', ipv6: 'ip6-vrf' },
  group: { ipv4: 'ip4-group', ipv6: 'ip6-group' },
  output: { ipv4: 'ip4-output', ipv6: 'ip6-output' },
} as const;
