import { checksumOf } from '../../../net/datapath/checksum';
import { PROTOCOL_ICMP, PROTOCOL_TCP, PROTOCOL_UDP } from '../../../net/datapath/ip-protocols';
import { Ip4Header } from '../../../net/datapath/ip4-header';
import { isUnfinishedBy } from '../../port/datapath/l4-checksum';
import { FLOW_PORTS, Flow, SIDE_INSIDE } from './flow';
import { checksumOffset } from './read-flow';

// Changes of addresses and ports, with the checksums that cover them brought up to date by what has changed (RFC 1624 3).

/** Gives a packet's local end another address. */
export function rewriteAddress(flow: Flow, addressRaw: u32): void {
  const change = changeAddress(flow.ip, addressAt(flow.side), addressRaw);
  updateTransport(flow, change, 0);
}

/** Gives a packet's local end another address and port, or identifier. */
export function rewriteEnd(flow: Flow, addressRaw: u32, port: u16): void {
  const change = changeAddress(flow.ip, addressAt(flow.side), addressRaw);
  const portChange = flow.kind == FLOW_PORTS ? changePort(portOf(flow), port) : 0;
  updateTransport(flow, change, portChange);
}

/** Offset of the address of the local end: the source of what leaves. @inline */
export function addressAt(side: u32): u32 {
  return side == SIDE_INSIDE ? 12 : 16;
}

/** Changes an address of an IPv4 header and its checksum; returns what that adds to sums over the address. @inline */
export function changeAddress(ip: usize, offset: u32, addressRaw: u32): u64 {
  const before = load<u32>(ip + offset);
  const change = <u64>~before + addressRaw;
  store<u32>(ip + offset, addressRaw);
  addTo(ip + offsetof<Ip4Header>('checksumRaw'), change);
  return change;
}

/** Changes the port or identifier at a place; returns what that adds to sums over it: zero where it stays. @inline */
export function changePort(at: usize, port: u16): u64 {
  const before = load<u16>(at);
  if (before == port) return 0; // by RFC 1624 it would be minus zero, which makes 0 of a checksum of 0xffff
  store<u16>(at, port);
  return <u64>(<u16>~before) + port;
}

/** Brings a checksum field up to date. @inline */
export function addTo(at: usize, change: u64): void {
  store<u16>(at, checksumOf(<u64>(<u16>~load<u16>(at)) + change));
}

/** Where the local end's port lies: behind the other one in what came in; an identifier has one place. */
export function portOf(flow: Flow): usize {
  if (flow.protocol == <u8>PROTOCOL_ICMP) return <usize>flow.l4 + 4;
  return <usize>flow.l4 + (flow.side == SIDE_INSIDE ? 0 : 2);
}

/** TCP and its like cover addresses and ports, ICMP only what is its own. Fragments but the first have neither. */
function updateTransport(flow: Flow, addresses: u64, ports: u64): void {
  if (flow.kind != FLOW_PORTS) return;
  if (flow.protocol == <u8>PROTOCOL_ICMP) addTo(<usize>flow.l4 + 2, ports);
  else if (!isSummedLater(flow))
    updateChecksum(<usize>flow.l4 + checksumOffset(flow.protocol), flow.protocol, addresses + ports);
}

/** Who sends it on sums it up then (port/datapath/l4-checksum.ts). */
function isSummedLater(flow: Flow): bool {
  const canBe = flow.protocol == <u8>PROTOCOL_TCP || flow.protocol == <u8>PROTOCOL_UDP;
  return canBe && !flow.fragment && isUnfinishedBy(flow.olFlags);
}

/** Brings a checksum up to date that covers addresses; with UDP zero says that there is none (RFC 768). @inline */
export function updateChecksum(at: usize, protocol: u32, change: u64): void {
  const before = load<u16>(at);
  const after = checksumOf(<u64>(<u16>~before) + change);
  const isUdp = protocol == PROTOCOL_UDP;
  if (!isUdp || before) store<u16>(at, isUdp && !after ? 0xffff : after);
}
