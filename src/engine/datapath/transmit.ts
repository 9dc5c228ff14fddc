import { TRANSMIT_STRIDE, TX_MAX, WORKER_TRANSMIT } from '../layout';
import { arrive, TX_FULL } from './graph';
import { tx } from './host';
import { worker } from './instance';
import { Packet } from './packet';

/** Packets gathered for one port, sent when there are TX_MAX or when the round ends. */
@unmanaged
export class Transmit {
  count: u32;
  /** The port's transmit queue that is this worker's own, set by the control thread. */
  queue: u32;
  /** Packets that the port's ring had no room for. */
  unsent: u64;
}

/** What is gathered for a port by which packets are to leave: it is looked at when the round ends. @remembered */
export function gatheringFor(port: u32): Transmit {
  worker.transmitPorts |= 1 << port;
  return transmitOf(port);
}

/** What is gathered for a port. */
export function transmitOf(port: u32): Transmit {
  return changetype<Transmit>(changetype<usize>(worker) + WORKER_TRANSMIT + port * TRANSMIT_STRIDE);
}

/** Where the packets gathered for a port lie, u32 each: behind its record. @inline */
export function packetsOf(gathered: Transmit): usize {
  return changetype<usize>(gathered) + offsetof<Transmit>();
}

/** Tells whether so many packets leave no room for one more. @inline */
export function isFull(count: u32): bool {
  return count >= TX_MAX;
}

/** Gathers a packet for a port behind as many as there are, where there is room for it. @inline */
export function gather(gathered: Transmit, count: u32, packet: Packet): void {
  store<u32>(packetsOf(gathered) + (count << 2), <u32>changetype<usize>(packet));
  gathered.count = count + 1;
}

/** Gathers a packet for a port; it is out of the stages' hands from here on. */
export function transmit(port: u32, packet: Packet): void {
  const gathered = gatheringFor(port);
  if (isFull(gathered.count)) sendGathered(port);
  gather(gathered, gathered.count, packet);
}

/** Sends what was gathered for all ports. */
export function flushTransmit(): void {
  let ports = worker.transmitPorts;
  while (ports) {
    sendGathered(<u32>ctz(ports));
    ports &= ports - 1;
  }
  worker.transmitPorts = 0;
}

/** Sends what was gathered for one port; what the port's ring has no room for is dropped and counted. */
function sendGathered(port: u32): void {
  const gathered = transmitOf(port);
  const count = gathered.count;
  if (!count) return;
  gathered.count = 0;
  const packets = packetsOf(gathered);
  const sent = tx(port, gathered.queue, packets, count);
  gathered.unsent += count - sent;
  for (let i = sent; i < count; i++)
    arrive(TX_FULL, changetype<Packet>(<usize>load<u32>(packets + (i << 2))));
}
