/** The number that two bytes in network order make. WebAssembly cannot swap bytes: two loads are cheapest. @inline */
export function loadU16(at: usize): u32 {
  return ((<u32>load<u8>(at)) << 8) | load<u8>(at, 1);
}
