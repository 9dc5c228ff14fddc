import { worker } from '../../../engine/datapath/instance';
import { Packet } from '../../../engine/datapath/packet';
import { FILTER_BINDINGS, FILTER_COUNTS_OFFSET } from '../../../engine/datapath/regions';
import { PROTOCOL_ICMP6 } from '../../../net/datapath/ip-protocols';
import { police } from '../../police/datapath/police';
import { FILTER_DEFAULT, FILTER_PERMIT } from '../layout';
import { Key, keyOf } from './key';
import { NOT_IP, readKey, UNREADABLE } from './read-key';
import { FAMILY_IP6, filterAt, meet, Rule } from './rules';

/** What becomes of a frame. */
export const PASSES: u32 = 0;
export const DENIED: u32 = 1;
export const CANNOT_BE_READ: u32 = 2;
export const BEYOND_RATE: u32 = 3;

/** The list of what an interface receives. @inline */
export function listIn(iface: u32): u32 {
  return load<u16>(FILTER_BINDINGS + ((<usize>iface) << 2));
}

/** The list of what an interface sends. @inline */
export function listOut(iface: u32): u32 {
  return load<u16>(FILTER_BINDINGS + ((<usize>iface) << 2), 2);
}

/** Compares a frame with the rules of a list; what is not IP passes. */
export function judge(packet: Packet, list: u32): u32 {
  const rules = filterAt(list);
  if (!rules) return PASSES; // the list was taken from the interface a moment ago
  const key = keyOf();
  const family = readKey(packet, key);
  if (family == NOT_IP) return PASSES;
  if (family == UNREADABLE) return CANNOT_BE_READ;
  const rule = meet(rules, key, family);
  if (rule === null) return judgeOther(packet, rules, family, key);
  countAt(rule.place, packet);
  return rule.action == FILTER_PERMIT ? holdToRate(rule, packet) : DENIED;
}

/** What a rule permits still has to be within the rule's rate, where it has one. */
function holdToRate(rule: Rule, packet: Packet): u32 {
  if (!rule.policer) return PASSES;
  return police(packet, rule.policer) ? PASSES : BEYOND_RATE;
}

/** What meets no rule; neighbour discovery passes, as without it there is no IPv6 on the link. */
function judgeOther(packet: Packet, rules: usize, family: u32, key: Key): u32 {
  countAt(load<u32>(rules, FILTER_DEFAULT + 4), packet);
  if (load<u32>(rules, FILTER_DEFAULT) == FILTER_PERMIT) return PASSES;
  return family == FAMILY_IP6 && isDiscovery(key) ? PASSES : DENIED;
}

/** Router and neighbour solicitations and advertisements that no router has passed on (RFC 4861 4). */
function isDiscovery(key: Key): bool {
  return key.protocol == PROTOCOL_ICMP6 && key.hopLimit == 255 && key.sourcePort - 133 < 4;
}

/** @inline */
function countAt(place: u32, packet: Packet): void {
  const count = changetype<usize>(worker) + FILTER_COUNTS_OFFSET + ((<usize>place) << 4);
  store<u64>(count, load<u64>(count) + 1);
  store<u64>(count, load<u64>(count, 8) + packet.pktLen, 8);
}
