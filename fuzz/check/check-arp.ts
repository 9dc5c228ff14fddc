import { type Frame, invalid, macAt } from './frame.ts';

/** Checks an answer to an ARP request, which leaves in the request's buffer (RFC 826). */
export function checkArp({ view, at, length, input }: Frame): void {
  if (!input) invalid('an ARP message that answers nothing');
  if (length !== input.length) invalid('an ARP answer that is not as long as its question');
  const arp = at + 14;
  const asked = input.view;
  if (view.getUint16(arp) !== 1 || view.getUint16(arp + 2) !== 0x0800) invalid('ARP for other networks');
  if (view.getUint16(arp + 4) !== 0x0604 || view.getUint16(arp + 6) !== 2)
    invalid('an ARP message that is no answer');
  if (macAt(view, arp + 8) !== macAt(view, at + 6))
    invalid('an ARP answer with a MAC address that is not ours');
  if (view.getUint32(arp + 14) !== asked.getUint32(38)) invalid('an ARP answer for another address');
  if ((view.getUint32(arp + 14) & 0xffff00ff) !== 0x0a000001)
    invalid('an ARP answer for an address that is not ours');
  if (macAt(view, arp + 18) !== macAt(asked, 22) || macAt(view, at) !== macAt(asked, 22)) {
    invalid('an ARP answer to another station');
  }
  if (view.getUint32(arp + 24) !== asked.getUint32(28)) invalid('an ARP answer to another address');
}
