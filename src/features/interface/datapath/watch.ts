import { CAPTURE_RECEIVED, CAPTURE_SENT, capture } from '../../../engine/datapath/capture';
import { Packet } from '../../../engine/datapath/packet';
import { startTrace } from '../../../engine/datapath/trace';
import { INTERFACE_CAPTURED, INTERFACE_TRACED } from './interface';

/** Starts the trace and takes the copy that an interface's flags ask for. */
export function watchReceived(packet: Packet, flags: u32): void {
  if (flags & INTERFACE_TRACED) startTrace(packet);
  if (flags & INTERFACE_CAPTURED) capture(packet, packet.iface, CAPTURE_RECEIVED, 0);
}

/** Takes a copy of a frame that is about to be sent. */
export function watchSent(packet: Packet): void {
  capture(packet, packet.output, CAPTURE_SENT, 0);
}
