import { interfaceRestAt } from '../../interface/datapath/interface-rest';
import { answersFor } from '../../neighbor/datapath/answer';
import { FAMILY_IP6 } from '../../neighbor/datapath/heard';

/** Tells whether a link-local address is ours on an interface: the one it made itself, or one it was given. */
export function isOwnLinkLocal(id: u16, low: u64, high: u64): bool {
  const rest = interfaceRestAt(id);
  if (rest.linkLocalHigh == high && rest.linkLocalLow == low) return true;
  return answersFor(id, FAMILY_IP6, low, high);
}
