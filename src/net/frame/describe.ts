import type {
  ArpLayer,
  IcmpLayer,
  Icmpv6Layer,
  Ipv4Layer,
  Ipv6Layer,
  Layer,
  MplsLayer,
  TcpLayer,
} from './layers.ts';

/** Writes a decoded frame as one line in the manner of tcpdump. */
export function describeLayers(layers: readonly Layer[]): string {
  return layers.map(describeLayer).join(', ');
}

/** Writes one header as text. */
export function describeLayer(layer: Layer): string {
  switch (layer.layer) {
    case 'ether':
      return `${layer.source} > ${layer.destination} ${etherTypeName(layer.etherType)}`;
    case 'vlan':
      return `vlan ${layer.id}${layer.priority > 0 ? ` priority ${layer.priority}` : ''}`;
    case 'mpls':
      return describeMpls(layer);
    case 'arp':
      return describeArp(layer);
    case 'ipv4':
      return describeIpv4(layer);
    case 'ipv6':
      return describeIpv6(layer);
    case 'icmp':
      return describeIcmp(layer);
    case 'icmpv6':
      return describeIcmpv6(layer);
    case 'udp':
      return `udp ${layer.sourcePort} > ${layer.destinationPort} length ${layer.length}`;
    case 'tcp':
      return describeTcp(layer);
    case 'vxlan':
      return `vxlan ${layer.vni}`;
    case 'gre':
      return `gre ${etherTypeName(layer.etherType)}${layer.key === undefined ? '' : ` key ${layer.key}`}`;
    case 'control-word':
      return 'control-word';
    case 'payload':
      return `${layer.length} bytes`;
    case 'truncated':
      return `truncated ${layer.header}: ${layer.present} of ${layer.needed} bytes`;
  }
}

const etherTypes: Readonly<Record<number, string>> = {
  2048: 'ipv4',
  2054: 'arp',
  25944: 'ethernet',
  33024: '802.1q',
  34825: 'slow',
  34887: 'mpls',
  34888: 'mpls-multicast',
  34525: 'ipv6',
  34984: '802.1ad',
  35020: 'lldp',
};

function etherTypeName(etherType: number): string {
  return etherTypes[etherType] ?? `0x${etherType.toString(16).padStart(4, '0')}`;
}

function describeMpls({ label, trafficClass, bottom, ttl }: MplsLayer): string {
  const words = [trafficClass > 0 ? ` tc ${trafficClass}` : '', bottom ? ' bottom' : ''];
  return `mpls ${label}${words.join('')} ttl ${ttl}`;
}

function describeArp(arp: ArpLayer): string {
  if (arp.operation === 1) return `arp who-has ${arp.targetAddress} tell ${arp.senderAddress}`;
  if (arp.operation === 2) return `arp reply ${arp.senderAddress} is-at ${arp.senderMac}`;
  return `arp operation ${arp.operation} from ${arp.senderAddress}`;
}

const protocols: Readonly<Record<number, string>> = {
  1: 'icmp',
  2: 'igmp',
  4: 'ipip',
  6: 'tcp',
  17: 'udp',
  41: 'ipv6',
  47: 'gre',
  50: 'esp',
  51: 'ah',
  58: 'icmpv6',
  59: 'none',
  89: 'ospf',
  112: 'vrrp',
  132: 'sctp',
  137: 'mpls',
};

function protocolName(protocol: number): string {
  return protocols[protocol] ?? `proto ${protocol}`;
}

function describeIpv4(ip: Ipv4Layer): string {
  const options = ip.headerLength > 20 ? ' options' : '';
  const line = `${ip.source} > ${ip.destination} ${protocolName(ip.protocol)} ttl ${ip.ttl} length ${ip.totalLength}`;
  return `${line}${options}${describeFragment(ip)}`;
}

function describeIpv6(ip: Ipv6Layer): string {
  const path = `${ip.source} > ${ip.destination} ${protocolName(ip.protocol)}`;
  return `${path} hop-limit ${ip.hopLimit} length ${ip.payloadLength}${describeFragment(ip)}`;
}

function describeFragment(ip: { readonly fragmentOffset: number; readonly moreFragments: boolean }): string {
  if (ip.fragmentOffset === 0 && !ip.moreFragments) return '';
  return ` fragment at ${ip.fragmentOffset}${ip.moreFragments ? '+' : ''}`;
}

const icmpTypes: Readonly<Record<number, string>> = {
  0: 'echo reply',
  3: 'destination unreachable',
  5: 'redirect',
  8: 'echo request',
  11: 'time exceeded',
  12: 'parameter problem',
};

function describeIcmp(icmp: IcmpLayer): string {
  const name = icmpTypes[icmp.type] ?? `type ${icmp.type}`;
  if (icmp.type === 0 || icmp.type === 8) return `icmp ${name} ${describeEcho(icmp.rest)}`;
  if (icmp.type === 3 && icmp.code === 4)
    return `icmp fragmentation needed mtu ${icmp.rest & 0xffff}${about(icmp)}`;
  return `icmp ${name} code ${icmp.code}${about(icmp)}`;
}

const icmpv6Types: Readonly<Record<number, string>> = {
  1: 'destination unreachable',
  2: 'packet too big',
  3: 'time exceeded',
  4: 'parameter problem',
  128: 'echo request',
  129: 'echo reply',
  130: 'multicast listener query',
  133: 'router solicitation',
  134: 'router advertisement',
  135: 'neighbor solicitation',
  136: 'neighbor advertisement',
  143: 'multicast listener report',
};

function describeIcmpv6(icmp: Icmpv6Layer): string {
  const name = icmpv6Types[icmp.type] ?? `type ${icmp.type}`;
  if (icmp.type === 128 || icmp.type === 129) return `icmpv6 ${name} ${describeEcho(icmp.rest)}`;
  if (icmp.type === 2) return `icmpv6 ${name} mtu ${icmp.rest}${about(icmp)}`;
  if (icmp.target !== undefined) return `icmpv6 ${name} ${icmp.target}`;
  return `icmpv6 ${name} code ${icmp.code}${about(icmp)}`;
}

function describeEcho(rest: number): string {
  return `id ${rest >>> 16} seq ${rest & 0xffff}`;
}

function about(icmp: { readonly original?: readonly Layer[] }): string {
  return icmp.original === undefined ? '' : ` for (${describeLayers(icmp.original)})`;
}

function describeTcp(tcp: TcpLayer): string {
  const flags = tcp.flags.length === 0 ? 'none' : tcp.flags.join('+');
  return `tcp ${tcp.sourcePort} > ${tcp.destinationPort} ${flags} seq ${tcp.sequence} ack ${tcp.acknowledgement}`;
}
