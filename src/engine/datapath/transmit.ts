import { TRANSMIT_STRIDE, TX_MAX, WORKER_BURST, WORKER_TRANSMIT } from '../layout';
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

/** Tells whether there is no room for one more. @inline */
export function isFull(gathered: Transmit): bool {
  return gathered.count >= TX_MAX;
}

/** Gathers a packet for a port behind those that there are, where there is room for it. @inline */
export function gather(gathered: Transmit, packet: Packet): void {
  const count = gathered.count;
  store<u32>(packetsOf(gathered) + (count << 2), <u32>changetype<usize>(packet));
  gathered.count = count + 1;
}

/** Gathers a packet for a port; it is out of the stages' hands from here on. */
export function transmit(port: u32, packet: Packet): void {
  const gathered = gatheringFor(port);
  if (isFull(gathered)) sendGathered(port);
  gather(gathered, packet);
}

/**
 * Tells whether a packet need not be gathered, as those of its burst that leave by the same port are gathered together,
 * by `gatherStretch`. True only in the copies of stages for packets that have what a stage expects.
 */
export function isTogether(_gathered: Transmit): bool {
  return false;
}

/** Packets of the stretch at work that are not gathered together. */
let apart: u32 = 0;

/** Takes a packet that has been gathered out of its stretch of the burst, by where it stands there. @inline */
export function setApart(slot: usize): void {
  store<u32>(slot, 0);
  apart++;
}

/** Gathers the packets of a stretch of the burst at work for a port, null if they have none in common. */
export function gatherStretch(gathered: Transmit, from: u32, to: u32): void {
  const others = apart;
  const packets = to - from - others;
  apart = 0;
  if (!changetype<usize>(gathered) || !packets) return;
  if (gathered.count + packets > TX_MAX) sendGathered(portOf(gathered));
  const stretch = changetype<usize>(worker) + WORKER_BURST + (from << 2);
  const behind = packetsOf(gathered) + (gathered.count << 2);
  gathered.count += packets;
  if (others) copySome(behind, stretch, to - from);
  else copyAll(behind, stretch, packets);
}

/**
 * Copies 16 packets at a time; what is copied beyond the last one lies behind what is gathered, and is overwritten: a
 * port's TRANSMIT_STRIDE has room for more than TX_MAX.
 */
function copyAll(to: usize, from: usize, packets: u32): void {
  const end = from + (packets << 2);
  for (; from < end; from += 64) {
    v128.store(to, v128.load(from));
    v128.store(to, v128.load(from, 16), 16);
    v128.store(to, v128.load(from, 32), 32);
    v128.store(to, v128.load(from, 48), 48);
    to += 64;
  }
}

/** Copies those that are not apart; what stands in their places is overwritten. */
function copySome(to: usize, from: usize, packets: u32): void {
  for (let i: u32 = 0; i < packets; i++) {
    const packet = load<u32>(from + (i << 2));
    store<u32>(to, packet);
    to += (<usize>(packet != 0)) << 2;
  }
}

function portOf(gathered: Transmit): u32 {
  return <u32>(changetype<usize>(gathered) - changetype<usize>(worker) - WORKER_TRANSMIT) / TRANSMIT_STRIDE;
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
