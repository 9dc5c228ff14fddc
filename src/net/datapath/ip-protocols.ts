// Protocol numbers, which IPv6 calls next headers (IANA "Assigned Internet Protocol Numbers").
export const PROTOCOL_HOP_BY_HOP: u32 = 0;
export const PROTOCOL_ICMP: u32 = 1;
/** IP in IP: the packet inside is IPv4 (RFC 2003), or IPv6 (RFC 4213). */
export const PROTOCOL_IP4: u32 = 4;
export const PROTOCOL_IP6: u32 = 41;
export const PROTOCOL_TCP: u32 = 6;
export const PROTOCOL_UDP: u32 = 17;
export const PROTOCOL_DCCP: u32 = 33;
export const PROTOCOL_ROUTING: u32 = 43;
export const PROTOCOL_FRAGMENT: u32 = 44;
export const PROTOCOL_GRE: u32 = 47;
export const PROTOCOL_AUTHENTICATION: u32 = 51;
export const PROTOCOL_ICMP6: u32 = 58;
export const PROTOCOL_NONE: u32 = 59;
export const PROTOCOL_DESTINATION_OPTIONS: u32 = 60;
export const PROTOCOL_EIGRP: u32 = 88;
export const PROTOCOL_OSPF: u32 = 89;
export const PROTOCOL_SCTP: u32 = 132;
export const PROTOCOL_UDP_LITE: u32 = 136;
