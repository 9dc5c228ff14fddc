import { CompiledLists } from '../../src/features/filter/compiled-lists.ts';
import { FILTER_INPUT_PLACE, FILTER_OUTPUT_PLACE } from '../../src/features/filter/layout.ts';
import type { FilterFunctions } from '../../src/features/filter/table-functions.ts';
import type { PlacedRule } from '../../src/features/filter/tree/image.ts';
import { parsePrefix } from '../../src/net/prefix.ts';
import type { Ground } from './ground.ts';
import { HELD } from './police.ts';
import { addStep } from './steps.ts';

const plain = { established: false, fragment: false } as const;
type WantedRule = Omit<PlacedRule, 'place' | 'established' | 'fragment'> & Partial<PlacedRule>;

/** What link 2 lets neither in nor out: check/denied.ts knows each of these. */
const denied: readonly WantedRule[] = [
  { action: 'deny', protocol: 6, destinationPort: { first: 23, last: 23 } },
  { action: 'deny', protocol: 6, tcpFlags: { mask: 3, value: 3 } },
  { action: 'deny', protocol: 17, sourcePort: { first: 500, last: 599 } },
  { action: 'deny', protocol: 1, icmpType: 13 },
  { action: 'deny', protocol: 58, icmpType: 200 },
  { action: 'deny', fragment: true, protocol: 17 },
  { action: 'deny', dscp: 46 },
  { action: 'deny', destination: parsePrefix('198.51.103.0/24') },
  { action: 'deny', source: parsePrefix('2001:db8:ffff::/48') },
  { action: 'permit', protocol: 17, destinationPort: { first: 53, last: 53 }, policer: HELD },
];
/** What is let through where all else is not. */
const permitted: readonly WantedRule[] = [
  { action: 'permit', established: true },
  { action: 'permit', protocol: 17 },
  { action: 'permit', protocol: 47 },
  { action: 'permit', protocol: 1, icmpType: 8, icmpCode: 0 },
  { action: 'permit', protocol: 58 },
];
const [DENYING, PERMITTING] = [1, 2] as const;

/** Interfaces and the lists of what they receive and send: a link, a VLAN, a member of the bridge and a VXLAN. */
const bindings = [
  { iface: 2, into: DENYING, out: DENYING },
  { iface: 20, into: PERMITTING, out: PERMITTING },
  { iface: 12, into: 0, out: PERMITTING },
  { iface: 17, into: DENYING, out: PERMITTING },
  { iface: 25, into: PERMITTING, out: 0 },
] as const;

/** Adds lists of rules, and interfaces that let through what these permit. */
export function addFilters(ground: Ground): void {
  const { bench } = ground.topology;
  const lists = new CompiledLists(bench);
  const placed = (rules: readonly WantedRule[]) =>
    rules.map((rule, i) => ({ ...plain, ...rule, place: i + 1 }));
  lists.show('fuzz', DENYING, { rules: placed(denied), other: { action: 'permit', place: 20 } });
  lists.show('fuzz', PERMITTING, { rules: placed(permitted), other: { action: 'deny', place: 21 } });
  const { setFilterBinding } = bench.tables<FilterFunctions>(['setFilterBinding']);
  for (const { iface, into, out } of bindings) {
    setFilterBinding(iface, into, out);
    if (into) addStep(ground, iface, { way: 'input', place: FILTER_INPUT_PLACE, stage: 'filter-input' });
    if (out) addStep(ground, iface, { way: 'output', place: FILTER_OUTPUT_PLACE, stage: 'filter-output' });
  }
  ground.denying.add(1);
}
