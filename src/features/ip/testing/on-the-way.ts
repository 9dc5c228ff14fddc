/** An IP packet after one router. */
export function onTheWay(packet: Uint8Array): Uint8Array {
  const after = packet.slice();
  const view = new DataView(after.buffer);
  if ((after[0] ?? 0) >> 4 === 6) view.setUint8(7, view.getUint8(7) - 1);
  else {
    view.setUint8(8, view.getUint8(8) - 1);
    const sum = view.getUint16(10) + 0x100;
    view.setUint16(10, (sum & 0xffff) + (sum >> 16));
  }
  return after;
}
