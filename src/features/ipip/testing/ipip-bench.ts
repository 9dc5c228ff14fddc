import { parseAddress } from '../../../net/address.ts';
import { ipv4Packet, ipv6Packet } from '../../../net/frame/build.ts';
import { parseMac } from '../../../net/mac.ts';
import { INTERFACE_UP } from '../../interface/layout.ts';
import { Topology } from '../../ip/testing/topology.ts';
import type { Ipip } from '../ipip.ts';
import { TunnelTable } from '../tunnel-table.ts';

/** A tunnel on the bench, with networks behind it that routes lead to. */
export interface Tunnel {
  readonly id: number;
  readonly local: string;
  readonly remote: string;
  /** Stations behind it. */
  readonly behind4: string;
  readonly behind6: string;
}

/**
 * The bench with two tunnels over its second link, whose hosts are the far ends:
 *
 *   first host ── 1 │ router │ 2 ══ over IPv4 and over IPv6 ══ 192.0.2.0/24 and 198.51.100.0/24
 */
export class IpipBench {
  readonly topology: Topology;
  readonly table: TunnelTable;
  readonly over4: Tunnel;
  readonly over6: Tunnel;

  constructor(topology: Topology) {
    this.topology = topology;
    this.table = new TunnelTable(topology.bench);
    for (const family of ['protocol4', 'protocol6'] as const)
      for (const protocol of [4, 41]) topology.take(family, protocol, 'ipip-input');
    const [, second] = topology.links;
    const { host } = second;
    this.over4 = this.#tunnel(9, second.address4, host.address4, ['192.0.2', '2001:db8:100']);
    this.over6 = this.#tunnel(10, second.address6, host.address6, ['198.51.100', '2001:db8:200']);
    for (const tunnel of [this.over4, this.over6]) this.table.link(tunnel.id, ipipOf(tunnel), true);
  }

  static async open(): Promise<IpipBench> {
    return new IpipBench(await Topology.open());
  }

  writeInterface({ id }: Tunnel, flags: number = INTERFACE_UP): void {
    const { bench, interfaces } = this.topology;
    interfaces.write(id, {
      flags,
      vrf: 1,
      mtu: MTU,
      mac: parseMac(macOf(id)),
      port: 0,
      modeNode: bench.node('ether-input'),
      outputNode: bench.node('ipip-output'),
      domain: 0,
    });
  }

  #tunnel(id: number, local: string, remote: string, [net4, net6]: readonly [string, string]): Tunnel {
    const tunnel = { id, local, remote, behind4: `${net4}.9`, behind6: `${net6}::9` };
    this.writeInterface(tunnel);
    const [first] = this.topology.links;
    const link = { ...first, id, mac: macOf(id) };
    const far = this.topology.neighbor(link, { mac: link.mac, mtu: MTU });
    this.topology.route(`${net4}.0/24`, far);
    this.topology.route(`${net6}::/64`, far);
    return tunnel;
  }
}

/** A tunnel's ends, as its table takes them. */
export function ipipOf({ local, remote }: Tunnel): Ipip {
  return { local: parseAddress(local), remote: parseAddress(remote), encapVrf: 1 };
}

/** An IP packet round another, built without any code of the datapath. */
export function around(
  ends: { readonly source: string; readonly destination: string },
  inner: Uint8Array,
  fields: {
    readonly tos?: number;
    readonly dontFragment?: boolean;
    readonly flowLabel?: number;
    readonly identification?: number;
  } = {},
): Uint8Array {
  const protocol = (inner[0] ?? 0) >> 4 === 6 ? 41 : 4;
  const { tos = 0, dontFragment = false, flowLabel = 0, identification = 0 } = fields;
  if (!ends.source.includes(':'))
    return ipv4Packet({ ...ends, protocol, tos, dontFragment, identification }, inner);
  return ipv6Packet({ ...ends, nextHeader: protocol, trafficClass: tos, flowLabel }, inner);
}

const MTU = 1400;

function macOf(id: number): string {
  const digits = id.toString(16).padStart(4, '0');
  return `02:00:00:00:${digits.slice(0, 2)}:${digits.slice(2)}`;
}
