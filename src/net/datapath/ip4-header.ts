import { checksumAfter } from './checksum';
import { loadU16 } from './network-order';

/**
 * IPv4 header (RFC 791), without options 20 bytes. Multi-byte fields lie in network order: the …Raw ones are
 * read as they lie, the getters give numbers.
 *
 *   0 ┌ version·ihl │ dscp·ecn │ total length ┬ identification │ flags·fragment offset ┐
 *   8 │ ttl │ protocol │ checksum             │ source                                  │
 *  16 │ destination                           │ options …                               │
 */
@unmanaged
export class Ip4Header {
  versionIhl: u8;
  dscpEcn: u8;
  totalLengthRaw: u16;
  identificationRaw: u16;
  fragmentRaw: u16;
  ttl: u8;
  protocol: u8;
  checksumRaw: u16;
  sourceRaw: u32;
  destinationRaw: u32;

  /** Time to live in the low byte, protocol, and the checksum in the upper half. */
  @inline get ttlWord(): u32 {
    return load<u32>(changetype<usize>(this) + offsetof<Ip4Header>('ttl'));
  }

  /**
   * Brings the checksum up to date when the header changes by so much, folded to 16 bits (RFC 1624 3). The whole word is
   * written, as who takes one from the time to live reads it next: processors wait where a read is wider than the write.
   * The checksum is never 0xffff then, so one can be added.
   */
  @inline changeChecksum(change: u32): void {
    const word = this.ttlWord;
    const sum = <u64>(word ^ 0xffff0000) + (change << 16);
    const changed = (<u32>sum + ((<u32>(sum >> 32)) << 16)) ^ 0xffff0000;
    store<u32>(changetype<usize>(this) + offsetof<Ip4Header>('ttl'), changed);
  }

  /** Takes one from the time to live and adds it to the checksum (RFC 1624), which lies above it in the same word. */
  @inline decrementTtl(word: u32): void {
    const sum = <u64>word + 0xffff;
    store<u32>(changetype<usize>(this) + offsetof<Ip4Header>('ttl'), <u32>sum + ((<u32>(sum >> 32)) << 16));
  }

  /** The same where the checksum is known not to be 0xffff, so that nothing is carried round. */
  @inline decrementPlainTtl(word: u32): void {
    store<u32>(changetype<usize>(this) + offsetof<Ip4Header>('ttl'), word + 0xffff);
  }

  /** Sets DSCP and ECN (RFC 2474, RFC 3168), and the checksum by what changes. */
  changeDscpEcn(dscpEcn: u32): void {
    const before: u32 = load<u16>(changetype<usize>(this));
    this.dscpEcn = <u8>dscpEcn;
    this.checksumRaw = checksumAfter(this.checksumRaw, before, load<u16>(changetype<usize>(this)));
  }

  @inline get totalLength(): u32 {
    return loadU16(changetype<usize>(this) + offsetof<Ip4Header>('totalLengthRaw'));
  }

  @inline get headerBytes(): u32 {
    return (<u32>(this.versionIhl & 15)) << 2;
  }

  /** Where its data belongs in the whole datagram, in bytes. */
  @inline get fragmentOffset(): u32 {
    return (<u32>bswap<u16>(this.fragmentRaw) & 0x1fff) << 3;
  }

  /** Source address in host order. */
  @inline get source(): u32 {
    return bswap(this.sourceRaw);
  }

  /** Where the source address lies. */
  @inline get sourceAt(): usize {
    return changetype<usize>(this) + offsetof<Ip4Header>('sourceRaw');
  }

  /** Where the destination address lies. */
  @inline get destinationAt(): usize {
    return changetype<usize>(this) + offsetof<Ip4Header>('destinationRaw');
  }

  /** Destination address in host order. */
  @inline get destination(): u32 {
    return bswap(this.destinationRaw);
  }
}

export const IP4_HEADER_BYTES: u32 = 20;
/** Version 4 with a header of five words: no options. */
export const IP4_PLAIN: u8 = 0x45;
/** Bits of fragmentRaw as it lies: don't fragment, more fragments, the offset's 13 bits, and all that a fragment has. */
export const IP4_DONT_FRAGMENT_RAW: u16 = 0x0040;
export const IP4_MORE_FRAGMENTS_RAW: u16 = 0x0020;
export const IP4_OFFSET_RAW: u16 = 0xff1f;
export const IP4_FRAGMENT_RAW: u16 = 0xff3f;
/** Tells groups and 255.255.255.255 (host order). @inline */
export function isMulticast4(address: u32): bool {
  return address >= 0xe0000000;
}

/** Tells addresses of 0/8, 127/8 and from 224/4 on, by the first byte, which lies lowest. @inline */
export function isSpecial4(raw: u32): bool {
  const first = <u8>raw;
  return <u8>(first - 1) >= 223 || first == 127;
}

/** Default time to live of what the router sends itself (RFC 1700). */
export const IP4_DEFAULT_TTL: u8 = 64;
