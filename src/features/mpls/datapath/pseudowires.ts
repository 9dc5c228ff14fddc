import { PSEUDOWIRES } from '../../../engine/datapath/regions';
import { PSEUDOWIRE_CONTROL_WORD } from '../layout';

/** What a pseudowire needs to send: the index of a next hop, and PSEUDOWIRE_CONTROL_WORD; zero for none. @inline */
export function pseudowireOf(iface: u32): u32 {
  return load<u32>(PSEUDOWIRES + ((<usize>iface) << 2));
}

/** Says which next hop, zero for none, the frames of a pseudowire go to, and whether with a control word. */
export function setPseudowire(iface: u32, nextHop: u32, controlWord: u32): void {
  const word = nextHop && controlWord ? nextHop | PSEUDOWIRE_CONTROL_WORD : nextHop;
  atomic.store<u32>(PSEUDOWIRES + ((<usize>iface) << 2), word);
}
