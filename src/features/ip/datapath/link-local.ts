import { interfaceAt } from '../../interface/datapath/interface';
import { answersFor } from '../../neighbor/datapath/answer';
import { FAMILY_IP6 } from '../../neighbor/datapath/heard';

/** Tells whether a link-local address is ours on an interface: the one it made itself, or one it was given. */
export function isOwnLinkLocal(id: u16, low: u64, high: u64): bool {
  const iface = interfaceAt(id);
  if (iface.linkLocalHigh == high && iface.linkLocalLow == low) return true;
  return answersFor(id, FAMILY_IP6, low, high);
}
