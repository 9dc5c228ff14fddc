import { freshCopy } from '../../../engine/datapath/chain';
import { worker } from '../../../engine/datapath/instance';
import { Packet } from '../../../engine/datapath/packet';
import { ICMP_DUE_OFFSET, ICMP_LIMITS } from '../../../engine/datapath/regions';
import { CONTROL_TICKS_PER_SECOND } from '../../../engine/layout';
import { ICMP_HEADER_BYTES, IcmpHeader } from '../../../net/datapath/icmp-header';

// What ip4-error and ip6-error share. A stage that cannot serve a packet notes the error it deserves and sends it
// there; the error is a packet of its own, and the one it is about is dropped under the error's name.

/** Notes the error that a packet deserves: its type and code, and the MTU or pointer that goes with it. @inline */
export function noteError(packet: Packet, type: u32, code: u32, detail: u32): void {
  packet.note = errorOf(type, code);
  packet.note2 = detail;
}

/** An error's type and code in one word, as `noteError` notes them. @inline */
export function errorOf(type: u32, code: u32): u32 {
  return (type << 8) | code;
}

/** Tells whether one more error may be sent now (RFC 1812 4.3.2.8, RFC 4443 2.4 (f)), and counts it. */
export function mayError(): bool {
  const interval = load<u64>(CONTROL_TICKS_PER_SECOND) / max<u64>(load<u32>(ICMP_LIMITS), 1);
  const burst: u64 = max<u32>(load<u32>(ICMP_LIMITS, 4), 1);
  const now = worker.clock;
  const place = changetype<usize>(worker) + ICMP_DUE_OFFSET;
  const due = max<u64>(load<u64>(place), now);
  if (due - now > interval * (burst - 1)) return false;
  store<u64>(place, due + interval);
  return true;
}

/**
 * Makes the error that a packet deserves: room for an IP header, then the ICMP header without its checksum, then
 * as much of the packet as keeps the whole within `most` bytes. Null when there are no buffers left.
 */
export function newError(packet: Packet, ipHeaderBytes: u32, most: u32): Packet | null {
  const headers = ipHeaderBytes + ICMP_HEADER_BYTES;
  const error = freshCopy(packet, headers, 0, min<u32>(packet.pktLen, most - headers));
  if (error === null) return null;
  const icmp = changetype<IcmpHeader>(error.data + ipHeaderBytes);
  icmp.type = <u8>(packet.note >> 8);
  icmp.code = <u8>packet.note;
  icmp.checksumRaw = 0;
  icmp.restRaw = 0;
  return error;
}
