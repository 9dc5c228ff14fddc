import {
  PROTOCOL_ICMP,
  PROTOCOL_ICMP6,
  PROTOCOL_SCTP,
  PROTOCOL_TCP,
  PROTOCOL_UDP,
} from '../../../net/datapath/ip-protocols';
import { loadU16 } from '../../../net/datapath/network-order';
import { KEY_ESTABLISHED, KEY_FRAGMENT, Key, NO_PORT } from './key';

/** Bytes of a TCP header up to its flags, and of the others up to the ports' or the code's end. */
const TCP_BYTES: u32 = 14;
const PORTS_BYTES: u32 = 4;
const ICMP_BYTES: u32 = 2;
/** TCP's flags that only a connection that exists has: ACK, RST. */
const OF_CONNECTION: u32 = 0x14;

/**
 * Reads ports, flags, ICMP type and code of what lies behind an IP header; a fragment that is not the first has none.
 *
 * @returns false when they are cut off, or lie where a fragment could change them (RFC 1858, RFC 3128)
 */
export function readPorts(key: Key, at: usize, bytes: u32, fragmentOffset: u32): bool {
  const protocol = key.protocol;
  key.sourcePort = NO_PORT;
  key.destinationPort = NO_PORT;
  key.flags = fragmentOffset ? KEY_FRAGMENT : 0;
  if (fragmentOffset) return protocol != PROTOCOL_TCP || fragmentOffset >= 16;
  if (protocol == PROTOCOL_TCP) return readTcp(key, at, bytes);
  if (protocol == PROTOCOL_UDP || protocol == PROTOCOL_SCTP) return readPair(key, at, bytes);
  if (protocol == PROTOCOL_ICMP || protocol == PROTOCOL_ICMP6) return readIcmp(key, at, bytes);
  return true;
}

function readTcp(key: Key, at: usize, bytes: u32): bool {
  if (bytes < TCP_BYTES) return false;
  const flags: u32 = load<u8>(at, 13);
  key.flags = flags | (flags & OF_CONNECTION ? KEY_ESTABLISHED : 0);
  return readPair(key, at, bytes);
}

function readPair(key: Key, at: usize, bytes: u32): bool {
  if (bytes < PORTS_BYTES) return false;
  key.sourcePort = loadU16(at);
  key.destinationPort = loadU16(at + 2);
  return true;
}

function readIcmp(key: Key, at: usize, bytes: u32): bool {
  if (bytes < ICMP_BYTES) return false;
  key.sourcePort = load<u8>(at);
  key.destinationPort = load<u8>(at, 1);
  return true;
}
