/** Bytes of a cache line. */
export const LINE_BYTES: usize = 64;

/** The line that an address is in. @inline */
export function lineOf(address: usize): usize {
  return address & ~(LINE_BYTES - 1);
}
