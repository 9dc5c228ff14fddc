import { CONTROL_DISABLED } from '../layout';

/** Tells whether the control thread has switched a stage off. */
export function isDisabled(stage: u32): bool {
  const bits = load<u64>(CONTROL_DISABLED + ((stage >> 6) << 3));
  return ((bits >> (stage & 63)) & 1) != 0;
}
