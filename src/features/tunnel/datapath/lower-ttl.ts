import { checksumAfter } from '../../../net/datapath/checksum';
import { Ip4Header } from '../../../net/datapath/ip4-header';
import { Ip6Header } from '../../../net/datapath/ip6-header';

// What a tunnel, or a label, leaves a packet of its time to live.

/** Lowers the time to live to that of a label or a tunnel (RFC 3443 3.3), the checksum by RFC 1624. @inline */
export function lowerTtl4(header: Ip4Header, ttl: u32): void {
  if (<u32>header.ttl <= ttl) return;
  const word = changetype<usize>(header) + offsetof<Ip4Header>('ttl');
  const before: u32 = load<u16>(word);
  header.ttl = <u8>ttl;
  header.checksumRaw = checksumAfter(header.checksumRaw, before, load<u16>(word));
}

/** Lowers the hop limit to a time to live. */
export function lowerTtl6(header: Ip6Header, ttl: u32): void {
  if (<u32>header.hopLimit > ttl) header.hopLimit = <u8>ttl;
}
