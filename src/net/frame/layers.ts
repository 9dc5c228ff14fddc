/** The headers of a frame, outermost first; addresses are texts, so that a layer is plain JSON. */
export type Layer =
  | EtherLayer
  | VlanLayer
  | MplsLayer
  | ArpLayer
  | Ipv4Layer
  | Ipv6Layer
  | IcmpLayer
  | Icmpv6Layer
  | UdpLayer
  | TcpLayer
  | VxlanLayer
  | GreLayer
  | ControlWordLayer
  | PayloadLayer
  | TruncatedLayer;

export interface EtherLayer {
  readonly layer: 'ether';
  readonly source: string;
  readonly destination: string;
  readonly etherType: number;
}

export interface VlanLayer {
  readonly layer: 'vlan';
  readonly id: number;
  readonly priority: number;
  readonly dropEligible: boolean;
  readonly etherType: number;
}

export interface MplsLayer {
  readonly layer: 'mpls';
  readonly label: number;
  readonly trafficClass: number;
  /** It is the last label. */
  readonly bottom: boolean;
  readonly ttl: number;
}

export interface ArpLayer {
  readonly layer: 'arp';
  readonly operation: number;
  readonly senderMac: string;
  readonly senderAddress: string;
  readonly targetMac: string;
  readonly targetAddress: string;
}

export interface Ipv4Layer {
  readonly layer: 'ipv4';
  readonly source: string;
  readonly destination: string;
  readonly protocol: number;
  readonly ttl: number;
  readonly tos: number;
  readonly headerLength: number;
  readonly totalLength: number;
  readonly identification: number;
  readonly dontFragment: boolean;
  readonly moreFragments: boolean;
  readonly fragmentOffset: number;
  readonly checksum: number;
}

export interface Ipv6Layer {
  readonly layer: 'ipv6';
  readonly source: string;
  readonly destination: string;
  /** The upper-layer protocol, after the extension headers. */
  readonly protocol: number;
  readonly hopLimit: number;
  readonly trafficClass: number;
  readonly flowLabel: number;
  readonly payloadLength: number;
  /** Numbers of the extension headers in their order. */
  readonly extensions: readonly number[];
  readonly fragmentOffset: number;
  readonly moreFragments: boolean;
}

export interface IcmpLayer {
  readonly layer: 'icmp';
  readonly type: number;
  readonly code: number;
  readonly checksum: number;
  /** The last four bytes of the header: identifier and sequence, MTU, gateway. */
  readonly rest: number;
  /** The packet that an error is about. */
  readonly original?: readonly Layer[];
}

export interface Icmpv6Layer {
  readonly layer: 'icmpv6';
  readonly type: number;
  readonly code: number;
  readonly checksum: number;
  readonly rest: number;
  /** The target of a neighbor solicitation or advertisement. */
  readonly target?: string;
  readonly original?: readonly Layer[];
}

export interface UdpLayer {
  readonly layer: 'udp';
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly length: number;
  readonly checksum: number;
}

export interface TcpLayer {
  readonly layer: 'tcp';
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly sequence: number;
  readonly acknowledgement: number;
  readonly flags: readonly TcpFlag[];
  readonly window: number;
  readonly headerLength: number;
  readonly checksum: number;
}

export type TcpFlag = 'fin' | 'syn' | 'rst' | 'psh' | 'ack' | 'urg' | 'ece' | 'cwr';

export interface VxlanLayer {
  readonly layer: 'vxlan';
  readonly flags: number;
  readonly vni: number;
}

export interface GreLayer {
  readonly layer: 'gre';
  readonly etherType: number;
  readonly key?: number;
}

/** What is between the labels and the frame of a pseudowire (RFC 4385). */
export interface ControlWordLayer {
  readonly layer: 'control-word';
  readonly sequence: number;
}

/** The bytes that no decoder here understands. */
export interface PayloadLayer {
  readonly layer: 'payload';
  readonly length: number;
}

/** The end of a frame that stops inside a header. */
export interface TruncatedLayer {
  readonly layer: 'truncated';
  /** The header that did not fit. */
  readonly header: string;
  readonly needed: number;
  readonly present: number;
}
