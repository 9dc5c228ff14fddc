import { release } from '../../../engine/datapath/buffers';
import { send } from '../../../engine/datapath/graph';
import { Packet } from '../../../engine/datapath/packet';
import { fold, sumBytes } from '../../../net/datapath/checksum';
import { TYPE_MPLS_RAW } from '../../../net/datapath/ether-header';
import { Ip4Header } from '../../../net/datapath/ip4-header';
import { IP6_LEAST_MTU } from '../../../net/datapath/ip6-header';
import { mayError } from '../../ip/datapath/icmp-errors';
import { errorSource4, newError4 } from '../../ip/datapath/ip4-error-message';
import { errorSource6, newError6 } from '../../ip/datapath/ip6-error-message';
import { entryAt, LABEL_BYTES, putEntry, TTL_MASK } from './label-entry';

// ICMP errors about IP packets behind labels. Who took the labels off knows the way back, we need not: an error goes on
// where the packet would have gone, with its labels (RFC 3032 2.3.2).

/**
 * Tells the sender of the IP packet of a `version` behind `stack` bytes of labels about the error that the packet has
 * noted, where that is allowed. The error goes on to a node, with all the time there is, and with its labels is no longer
 * than what every link takes: larger, it would be dropped where nobody may be told (RFC 4443 2.4 (e)). False when this worker has sent
 * as many errors as it may.
 */
export function tellSender(packet: Packet, stack: u32, version: u32, node: u32): bool {
  packet.strip(stack);
  const mayTell = version == 4 ? tell4(packet, stack, node) : tell6(packet, stack, node);
  packet.prepend(stack); // there is room: they have just been taken off
  return mayTell;
}

function tell4(packet: Packet, stack: u32, node: u32): bool {
  const headerBytes = changetype<Ip4Header>(packet.data).headerBytes;
  if (headerBytes > packet.dataLen || fold(sumBytes(packet.data, headerBytes)) != 0xffff) return true;
  const source = errorSource4(packet);
  if (!source) return true;
  if (!mayError()) return false;
  sendOn(newError4(packet, source), packet.data - stack, stack, node);
  return true;
}

function tell6(packet: Packet, stack: u32, node: u32): bool {
  const source = errorSource6(packet);
  if (!source) return true;
  if (!mayError()) return false;
  sendOn(newError6(packet, source, IP6_LEAST_MTU - stack), packet.data - stack, stack, node);
  return true;
}

/** Lets an error go on with the labels of what it is about. */
function sendOn(error: Packet | null, labels: usize, bytes: u32, node: u32): void {
  if (error === null) return;
  if (!error.prepend(bytes)) {
    release(error);
    return;
  }
  memory.copy(error.data, labels, bytes);
  for (let at: u32 = 0; at < bytes; at += LABEL_BYTES) {
    putEntry(error.data + at, entryAt(error.data + at) | TTL_MASK);
  }
  error.etherType = TYPE_MPLS_RAW;
  send(node, error);
}
