import { addressToBytes, type Ipv4Address } from '../address.ts';
import { type Mac, macToBytes } from '../mac.ts';

/** The parties of an ARP message; a MAC address that is not known is all zero. */
export interface ArpFields {
  readonly operation: 'request' | 'reply';
  readonly senderMac: Mac;
  readonly sender: Ipv4Address;
  readonly targetMac?: Mac;
  readonly target: Ipv4Address;
}

/** Builds an ARP message for IPv4 over Ethernet (RFC 826), 28 bytes. */
export function arpMessage(fields: ArpFields): Uint8Array {
  const message = new Uint8Array(28);
  const view = new DataView(message.buffer);
  view.setUint16(0, 1);
  view.setUint16(2, 0x0800);
  view.setUint16(4, 0x0604);
  view.setUint16(6, fields.operation === 'request' ? 1 : 2);
  message.set(macToBytes(fields.senderMac), 8);
  message.set(addressToBytes(fields.sender), 14);
  if (fields.targetMac) message.set(macToBytes(fields.targetMac), 18);
  message.set(addressToBytes(fields.target), 24);
  return message;
}
