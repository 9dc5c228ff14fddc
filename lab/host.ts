import { Namespace } from './namespace.ts';

/** Where a host sits: network N has the subnets 10.N.0.0/24 and fd00:N::/64, the router is .1 and the host .2. */
export interface HostPlan {
  /** Its network's number; the host's place in the topology by default. */
  readonly network?: number;
  readonly mtu?: number;
  readonly vrf?: string;
  /**
   * How the router's port reaches it: a TAP that is moved to the host; or a veth pair whose other end the port has by
   * AF_PACKET, by AF_XDP, or by libpcap (pcap), which also takes jumbo frames.
   */
  readonly link?: 'tap' | 'veth' | 'af_xdp' | 'pcap';
  /** More attributes of the router's port, in words of ctl. */
  readonly port?: string;
}

/** An ordinary Linux host: a namespace with one interface, addresses of both families and default routes. */
export class Host extends Namespace {
  readonly label: string;
  readonly plan: HostPlan;
  readonly ip4: string;
  readonly ip6: string;
  readonly gateway4: string;
  readonly gateway6: string;
  readonly mac: string;
  /** The host's interface, and so the name of the TAP. */
  readonly device: string;

  constructor(label: string, plan: HostPlan & { readonly network: number }, prefix?: string) {
    super(label, prefix);
    this.label = label;
    this.plan = plan;
    this.ip4 = `10.${plan.network}.0.2`;
    this.ip6 = `fd00:${plan.network}::2`;
    this.gateway4 = `10.${plan.network}.0.1`;
    this.gateway6 = `fd00:${plan.network}::1`;
    this.mac = `02:00:00:00:${hexByte(plan.network)}:02`;
    this.device = `x-${label}`;
  }

  /** Gives its interface, which must be there, the addresses and routes of its place. */
  async configure(): Promise<void> {
    const mtu = this.plan.mtu ?? 1500;
    await this.ip(`
      link set ${this.device} down
      link set ${this.device} address ${this.mac} mtu ${mtu}
      link set ${this.device} up
      address add ${this.ip4}/24 dev ${this.device}
      address add ${this.ip6}/64 dev ${this.device} nodad
      route replace default via ${this.gateway4}
      route replace default via ${this.gateway6} dev ${this.device}
    `);
    // What a veth sends is not cut into packets and has no checksums, unless it is told to.
    if (this.plan.link !== undefined && this.plan.link !== 'tap')
      await this.run(`ethtool -K ${this.device} tx off gso off tso off gro off`);
  }
}

function hexByte(value: number): string {
  return value.toString(16).padStart(2, '0');
}
