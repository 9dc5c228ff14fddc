import { CAPTURE_RECEIVED, CAPTURE_SENT, captureFrame } from '../../../engine/datapath/capture';
import { Packet } from '../../../engine/datapath/packet';
import { startTrace } from '../../../engine/datapath/trace';
import { INTERFACE_CAPTURED, INTERFACE_TRACED } from './interface';

/** Starts the trace and takes the copy that an interface's flags ask for. */
export function watchReceived(packet: Packet, flags: u32): void {
  if (flags & INTERFACE_TRACED && !packet.trace) startTrace(packet);
  if (flags & INTERFACE_CAPTURED) captureFrame(packet, packet.iface, CAPTURE_RECEIVED);
}

/** Takes a copy of a frame that is about to be sent. */
export function watchSent(packet: Packet): void {
  captureFrame(packet, packet.output, CAPTURE_SENT);
}
