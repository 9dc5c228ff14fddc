import type { Filter, Filters } from './filters.ts';
import { KEY_ESTABLISHED, KEY_FRAGMENT, NO_PORT } from './layout.ts';
import { ACK_OR_RST, type Asked, PROTOCOL_ICMP6, PROTOCOL_TCP, type Rule } from './rule.ts';
import { addressWords } from './tree/box.ts';

/** The rule of a list that a packet meets, found by the datapath's own search; undefined for none. */
export function ruleMet(filters: Filters, filter: Filter, asked: Asked): Rule | undefined {
  const { functions } = filters.lists;
  for (const [word, value] of keyWords(asked).entries()) functions.setFilterKey(word, value);
  const rank = functions.explainFilter(filter.id, asked.source.family === 'ipv6' ? 1 : 0) >>> 0;
  return filter.rules[rank];
}

/** Tells what passes although no rule permits it: neighbour discovery, where it is said to be between neighbours. */
export function isDiscovery({ protocol, icmpType = 0, source }: Asked): boolean {
  return source.family === 'ipv6' && protocol === PROTOCOL_ICMP6 && icmpType >= 133 && icmpType <= 136;
}

/** A packet's key as the datapath would read it (datapath/key.ts). */
function keyWords(asked: Asked): readonly number[] {
  const { fragment, tcpFlags, protocol } = asked;
  const flags = fragment || protocol !== PROTOCOL_TCP ? 0 : tcpFlags;
  const bits = (fragment ? KEY_FRAGMENT : 0) | (flags & ACK_OR_RST ? KEY_ESTABLISHED : 0);
  return [
    ...addressWords(asked.destination),
    ...addressWords(asked.source),
    asked.icmpType ?? asked.sourcePort ?? NO_PORT,
    asked.icmpCode ?? asked.destinationPort ?? NO_PORT,
    protocol,
    asked.dscp,
    flags | bits,
  ];
}
