import { LABEL_TABLE, MPLS_INTERFACES } from '../../../engine/datapath/regions';
import { LABEL_EXPLICIT_NULL4, LABEL_EXPLICIT_NULL6 } from '../layout';

// What becomes of packets with a label: one word each, written by the control thread in one store.

export {
  LABEL_CONTROL_WORD,
  LABEL_EXPLICIT_NULL4,
  LABEL_EXPLICIT_NULL6,
  LABEL_TO_INTERFACE,
  LABEL_TO_NEXT_HOP,
  LABEL_TO_STACK,
  LABEL_TO_VRF,
} from '../layout';

const KIND_SHIFT: u32 = 28;
const VALUE_MASK: u32 = 0x0fffffff;

/** What becomes of packets with a label; zero where nobody has said. @inline */
export function actionOf(label: u32): u32 {
  return load<u32>(LABEL_TABLE + ((<usize>label) << 2));
}

/** LABEL_… of an action. @inline */
export function kindOf(action: u32): u32 {
  return action >> KIND_SHIFT;
}

/** What the kind needs. @inline */
export function operandOf(action: u32): u32 {
  return action & VALUE_MASK;
}

/** Tells whether packets with labels are taken from an interface. @inline */
export function takesLabels(iface: u32): bool {
  return load<u8>(MPLS_INTERFACES + <usize>iface) != 0;
}

/** Says what becomes of packets with a label; kind zero: nothing. */
export function setLabel(label: u32, kind: u32, value: u32): void {
  atomic.store<u32>(LABEL_TABLE + ((<usize>label) << 2), (kind << KIND_SHIFT) | (value & VALUE_MASK));
}

/** Says whether packets with labels are taken from an interface. */
export function setTakesLabels(iface: u32, takes: u32): void {
  store<u8>(MPLS_INTERFACES + <usize>iface, <u8>takes);
}

/** Gives the labels that need no configuration their meaning: called once, before the first packet. */
export function hookMpls(): void {
  setLabel(0, LABEL_EXPLICIT_NULL4, 0);
  setLabel(2, LABEL_EXPLICIT_NULL6, 0);
}
