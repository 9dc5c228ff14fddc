import type { Family } from '../../net/address.ts';

/** How ping and traceroute write a destination that cannot be reached. */
export interface UnreachableText {
  /** As ping has it. */
  readonly sentence: string;
  /** As traceroute has it, behind the time. */
  readonly mark: string;
}

/** Gives the texts of an ICMP or ICMPv6 destination-unreachable message. */
export function unreachableText(
  message: { readonly type: number; readonly code: number },
  family: Family,
): UnreachableText {
  const known = (family === 'ipv4' ? ipv4Codes : ipv6Codes)[message.code];
  if (known === undefined) {
    return { sentence: `Destination Unreachable (code ${message.code})`, mark: `!<${message.code}>` };
  }
  const [sentence, mark] = known;
  return { sentence, mark };
}

// RFC 792, RFC 1122 3.2.2.1, RFC 1812 5.2.7.1
const ipv4Codes: Readonly<Record<number, readonly [string, string]>> = {
  0: ['Destination Net Unreachable', '!N'],
  1: ['Destination Host Unreachable', '!H'],
  2: ['Destination Protocol Unreachable', '!P'],
  3: ['Destination Port Unreachable', '!p'],
  4: ['Frag needed and DF set', '!F'],
  5: ['Source Route Failed', '!S'],
  9: ['Destination Net Prohibited', '!X'],
  10: ['Destination Host Prohibited', '!X'],
  13: ['Packet filtered', '!X'],
};

// RFC 4443 3.1
const ipv6Codes: Readonly<Record<number, readonly [string, string]>> = {
  0: ['Destination unreachable: No route', '!N'],
  1: ['Destination unreachable: Administratively prohibited', '!X'],
  2: ['Destination unreachable: Beyond scope of source address', '!S'],
  3: ['Destination unreachable: Address unreachable', '!H'],
  4: ['Destination unreachable: Port unreachable', '!p'],
  5: ['Destination unreachable: Source address failed policy', '!X'],
  6: ['Destination unreachable: Reject route to destination', '!X'],
};
