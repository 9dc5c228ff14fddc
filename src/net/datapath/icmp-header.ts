/**
 * ICMP header (RFC 792, RFC 4443): 8 bytes.
 *
 *   0 ┌ type │ code │ checksum ┬ identifier·sequence, MTU or pointer ┐ 8
 */
@unmanaged
export class IcmpHeader {
  type: u8;
  code: u8;
  checksumRaw: u16;
  restRaw: u32;
}

export const ICMP_HEADER_BYTES: u32 = 8;

// ICMP types (RFC 792) and codes (RFC 1812 5.2.7.1).
export const ICMP4_ECHO_REPLY: u32 = 0;
export const ICMP4_UNREACHABLE: u32 = 3;
export const ICMP4_REDIRECT: u32 = 5;
export const ICMP4_ECHO_REQUEST: u32 = 8;
export const ICMP4_TIME_EXCEEDED: u32 = 11;
export const ICMP4_PARAMETER_PROBLEM: u32 = 12;
export const UNREACHABLE4_NET: u32 = 0;
export const UNREACHABLE4_HOST: u32 = 1;
export const UNREACHABLE4_PROTOCOL: u32 = 2;
export const UNREACHABLE4_PORT: u32 = 3;
export const UNREACHABLE4_TOO_BIG: u32 = 4;
export const UNREACHABLE4_PROHIBITED: u32 = 13;

// ICMPv6 types and codes (RFC 4443 section 3 and 4).
export const ICMP6_UNREACHABLE: u32 = 1;
export const ICMP6_TOO_BIG: u32 = 2;
export const ICMP6_TIME_EXCEEDED: u32 = 3;
export const ICMP6_PARAMETER_PROBLEM: u32 = 4;
export const ICMP6_ECHO_REQUEST: u32 = 128;
export const ICMP6_ECHO_REPLY: u32 = 129;
export const ICMP6_NEIGHBOR_SOLICITATION: u32 = 135;
export const ICMP6_NEIGHBOR_ADVERTISEMENT: u32 = 136;
export const ICMP6_REDIRECT: u32 = 137;
/** ICMPv6 types below are errors. */
export const ICMP6_FIRST_INFORMATIONAL: u32 = 128;
export const UNREACHABLE6_NO_ROUTE: u32 = 0;
export const UNREACHABLE6_PROHIBITED: u32 = 1;
export const UNREACHABLE6_SCOPE: u32 = 2;
export const UNREACHABLE6_ADDRESS: u32 = 3;
export const UNREACHABLE6_PORT: u32 = 4;
export const PROBLEM6_BAD_FIELD: u32 = 0;
export const PROBLEM6_NEXT_HEADER: u32 = 1;
export const PROBLEM6_OPTION: u32 = 2;
/** A SID of ours does not take what follows the headers (RFC 8986 4.1.1, 10.1). */
export const PROBLEM6_SEGMENT_UPPER: u32 = 4;
