import type { IpAddress } from '../../net/address.ts';
import type { Prefix } from '../../net/prefix.ts';

/** Numbers from one to another, both included. */
export interface Range {
  readonly first: number;
  readonly last: number;
}

/** What a packet must be like to meet a rule: all that is said. */
export interface Match {
  readonly protocol?: number;
  readonly source?: Prefix;
  readonly destination?: Prefix;
  readonly sourcePort?: Range;
  readonly destinationPort?: Range;
  readonly icmpType?: number;
  readonly icmpCode?: number;
  /** Bits of TCP's flags that are looked at, and how they are. */
  readonly tcpFlags?: { readonly mask: number; readonly value: number };
  readonly dscp?: number;
  /** TCP of a connection that exists: ACK or RST is set. */
  readonly established: boolean;
  /** A fragment that is not the first. */
  readonly fragment: boolean;
}

/** One line of a list. */
export interface Rule extends Match {
  /** Its place in the list: rules are compared in the order of their indexes. */
  readonly index: number;
  readonly action: Action;
  /** What it is counted as in metrics; empty for none. */
  readonly name: string;
  /** The rate limit that what it permits is held to, by its name. */
  readonly limit?: string;
}

export type Action = 'permit' | 'deny';

/** What rules look at of a packet, for who asks which rule it meets. */
export interface Asked {
  readonly source: IpAddress;
  readonly destination: IpAddress;
  readonly protocol: number;
  readonly sourcePort?: number;
  readonly destinationPort?: number;
  readonly icmpType?: number;
  readonly icmpCode?: number;
  readonly tcpFlags: number;
  readonly dscp: number;
  readonly fragment: boolean;
}

export const PROTOCOL_ICMP = 1;
export const PROTOCOL_TCP = 6;
export const PROTOCOL_UDP = 17;
export const PROTOCOL_ICMP6 = 58;
export const PROTOCOL_SCTP = 132;
/** TCP's flags that only a connection that exists has. */
export const ACK_OR_RST = 0x14;
