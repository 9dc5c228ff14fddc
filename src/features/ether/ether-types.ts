/** Address of an ethertype's entry in the table ETHER_TYPES, which packets are looked up in as they lie on the wire. */
export function etherTypeEntry(table: number, etherType: number): number {
  const onTheWire = ((etherType & 0xff) << 8) | (etherType >> 8);
  return table + onTheWire * 2;
}
