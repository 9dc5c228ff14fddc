/**
 * Tells whether a packet is one of those that `foresee` of the program (packet-path.ts) has found plain: what it has
 * proven of them need not be asked again. True only in the copies of stages that are made for such packets.
 *
 * @inline
 */
export function isForeseen(): bool {
  return false;
}
