import { addressToBytes, parseAddress } from '../../net/address.ts';
import { formatMac, macFromBytes } from '../../net/mac.ts';

/**
 * The Ethernet address that a node's end of a VXLAN has inside: it follows from the address outside, so that nobody
 * has to be told, and differs from node to node, as stations behind far ends are told apart by it.
 */
export function innerMac(farEnd: string): string {
  const bytes = addressToBytes(parseAddress(farEnd)).slice(-4);
  return formatMac(macFromBytes(Uint8Array.from([0x02, 0x00, ...bytes])));
}
