import { flag, optional, type Values } from '../../command/argument.ts';
import { integer, ip, oneOf, prefix, text } from '../../command/argument-types.ts';
import { details, table } from '../../command/output.ts';
import { counter } from '../../engine/client/counter.ts';
import type { RouterClient } from '../../engine/client/router-client.ts';
import { routerCommand } from '../../engine/client/router-command.ts';
import { serviceRef } from '../../engine/client/service-types.ts';
import { formatAddress } from '../../net/address.ts';
import { formatPrefix } from '../../net/prefix.ts';
import { interfaceName, way } from '../interface/cli-arguments.ts';
import { dscp, listName, ports, protocol, tcpFlags } from './cli-words.ts';
import type { CountedRuleJson, FilterService, ListFiltersResponseJson } from './filter_pb.js';
import { ruleText } from './rule-text.ts';

const filters = serviceRef<typeof FilterService>('millrace.filter.v1.FilterService');

const index = integer({ min: 1, max: 0xfffffff, help: 'Rules are compared in the order of their indexes.' });
const permitOrDeny = oneOf({ permit: 'Lets the packet through.', deny: 'Drops it as filter-denied.' });
const type = integer({ max: 255, help: 'The type of an ICMP or ICMPv6 message.' });
const code = integer({ max: 255, help: 'The code of an ICMP or ICMPv6 message.' });

const matchSyntax =
  '(proto P),(src PFX),(dst PFX),(sport A-B),(dport A-B),(icmp-type T),(icmp-code C),(tcp-flags F),(dscp D),established,fragment,(name TXT),(police LIMIT)';

const matchArguments = {
  P: optional(protocol('Only this protocol.')),
  'src PFX': optional(prefix('Only from addresses of this prefix.')),
  'dst PFX': optional(prefix('Only to addresses of this prefix.')),
  'sport A-B': optional(ports('Only from these ports.')),
  'dport A-B': optional(ports('Only to these ports.')),
  T: optional(type),
  C: optional(code),
  F: optional(tcpFlags('Only TCP with these flags; those behind a ! are not set.')),
  D: optional(dscp('Only of this class of traffic.')),
  established: flag('Only TCP of a connection that exists: with ACK or RST.'),
  fragment: flag('Only fragments but the first, which have no ports.'),
  TXT: optional(text('What the rule is counted as in metrics.')),
  LIMIT: optional(listName('The rate limit that what the rule permits is held to.')),
};

/** The commands of access lists. */
export const filterCommands = [
  routerCommand({
    syntax: 'filter add LIST [index N] permit|deny [MATCH]',
    help: 'Adds a rule to a list; the first one makes the list.',
    fragments: { MATCH: matchSyntax },
    args: {
      LIST: listName('The list.'),
      N: optional(index),
      'permit|deny': permitOrDeny,
      ...matchArguments,
    },
    run: async ({ LIST, N, ...args }, router) => {
      const rule = { index: N, action: args['permit|deny'], ...matchOf(args) };
      await router.call(filters, 'addRule', { filter: LIST, rule });
      return undefined;
    },
  }),
  routerCommand({
    syntax: 'filter del LIST [index N]',
    help: 'Removes a rule, or a list that is at no interface.',
    args: { LIST: listName('The list.'), N: optional(index) },
    run: async ({ LIST, N }, router) => {
      await router.call(filters, 'deleteFilter', { filter: LIST, index: N });
      return undefined;
    },
  }),
  routerCommand({
    syntax: 'filter set LIST (default permit|deny),(rules-of OTHER)',
    help: 'Changes what becomes of packets that meet no rule, or all rules at once.',
    args: {
      LIST: listName('The list; made where there is none.'),
      'default permit|deny': optional(permitOrDeny),
      OTHER: optional(listName('The list whose rules it gets in place of its own, in one step.')),
    },
    run: async ({ LIST, OTHER, ...args }, router) => {
      const request = { filter: LIST, default: args['default permit|deny'], rules_of: OTHER };
      await router.call(filters, 'setFilter', request);
      return undefined;
    },
  }),
  routerCommand({
    syntax: 'filter bind LIST iface IFACE in|out',
    help: 'Lets a list decide what an interface receives or sends, in place of the one that did.',
    args: { LIST: listName('The list.'), IFACE: interfaceName('The interface.'), 'in|out': way },
    run: async ({ LIST, IFACE, ...args }, router) => {
      await router.call(filters, 'bindFilter', { filter: LIST, iface: IFACE, way: args['in|out'] });
      return undefined;
    },
  }),
  routerCommand({
    syntax: 'filter unbind iface IFACE in|out',
    help: 'Lets everything through that an interface receives or sends.',
    args: { IFACE: interfaceName('The interface.'), 'in|out': way },
    run: async ({ IFACE, ...args }, router) => {
      await router.call(filters, 'unbindFilter', { iface: IFACE, way: args['in|out'] });
      return undefined;
    },
  }),
  routerCommand({
    syntax: 'filter bindings [show]',
    help: 'Lists the interfaces that have lists.',
    run: async (_, router) => {
      const { bindings = [] } = await router.call(filters, 'listBindings', {});
      return table({
        items: bindings,
        columns: {
          IFACE: ({ iface }) => iface,
          WAY: ({ way: each }) => each,
          FILTER: ({ filter }) => filter,
        },
      });
    },
  }),
  routerCommand({
    syntax:
      'filter explain iface IFACE in|out src IP dst IP [(proto P),(sport A),(dport A),(icmp-type T),(icmp-code C),(tcp-flags F),(dscp D),fragment]',
    help: 'Says which rule a packet meets.',
    args: {
      IFACE: interfaceName('The interface.'),
      'in|out': way,
      'src IP': ip('Where the packet comes from.'),
      'dst IP': ip('Where it goes to.'),
      P: optional(protocol('Its protocol; 0 otherwise.')),
      'sport A': optional(integer({ max: 65535, help: 'The port that it comes from.' })),
      'dport A': optional(integer({ max: 65535, help: 'The port that it goes to.' })),
      T: optional(type),
      C: optional(code),
      F: optional(tcpFlags('The flags of TCP that it has.')),
      D: optional(dscp('Its class of traffic; 0 otherwise.')),
      fragment: flag('It is a fragment, but not the first one.'),
    },
    run: async (args, router) => {
      const { rule, ...answer } = await router.call(filters, 'explainFilter', {
        iface: args.IFACE,
        way: args['in|out'],
        src: formatAddress(args['src IP']),
        dst: formatAddress(args['dst IP']),
        proto: args.P,
        sport: args['sport A'],
        dport: args['dport A'],
        icmp_type: args.T,
        icmp_code: args.C,
        tcp_flags: args.F?.value,
        dscp: args.D,
        fragment: args.fragment || undefined,
      });
      return details({ ...answer, index: rule?.index, rule: rule && ruleText(rule) });
    },
  }),
  routerCommand({
    syntax: 'filter stats [LIST]',
    help: 'Lists what has met each rule, and what has met none.',
    args: { LIST: optional(listName('Only this list.')) },
    run: async ({ LIST }, router, { signal }) =>
      table({ items: rowsOf(router, LIST, signal), columns: { ...ruleColumns, ...countColumns } }),
  }),
  routerCommand({
    syntax: 'filter [show] [LIST]',
    help: 'Lists the rules of all lists, or of one.',
    args: { LIST: optional(listName('Only this list.')) },
    run: async ({ LIST }, router, { signal }) =>
      table({
        items: rowsOf(router, LIST, signal),
        columns: ruleColumns,
        json: ({ filter, rule }) => ({ filter, ...rule }),
      }),
  }),
];

function matchOf(args: Values<typeof matchArguments>) {
  return {
    proto: args.P,
    src: args['src PFX'] && formatPrefix(args['src PFX']),
    dst: args['dst PFX'] && formatPrefix(args['dst PFX']),
    sport: args['sport A-B'],
    dport: args['dport A-B'],
    icmp_type: args.T,
    icmp_code: args.C,
    tcp_flags: args.F,
    dscp: args.D,
    established: args.established || undefined,
    fragment: args.fragment || undefined,
    name: args.TXT,
    police: args.LIMIT,
  };
}

/** A rule of a list, or at its end what becomes of packets that meet none. */
type RowOfRule = CountedRuleJson & { readonly filter: string };

const ruleColumns = {
  FILTER: ({ filter }: RowOfRule) => filter,
  INDEX: ({ rule }: RowOfRule) => rule?.index,
  RULE: ({ rule }: RowOfRule) =>
    rule && (rule.index === undefined ? `default ${rule.action}` : ruleText(rule)),
};

const countColumns = {
  PACKETS: ({ packets }: RowOfRule) => counter(packets),
  BYTES: ({ bytes }: RowOfRule) => counter(bytes),
};

async function* rowsOf(
  router: RouterClient,
  filter: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<RowOfRule> {
  let end: RowOfRule | undefined;
  for await (const part of router.stream(filters, 'listFilters', { filter }, { signal })) {
    for (const each of filtersOf(part)) {
      if (end && end.filter !== each.name) yield end;
      end = defaultOf(each);
      for (const counted of each.rules ?? []) yield { filter: each.name ?? '', ...counted };
    }
  }
  if (end) yield end;
}

type FilterJson = NonNullable<ListFiltersResponseJson['filters']>[number];

function filtersOf({ filters: found = [] }: ListFiltersResponseJson): readonly FilterJson[] {
  return found;
}

function defaultOf(each: FilterJson): RowOfRule {
  const counted = { packets: each.default_packets ?? '0', bytes: each.default_bytes ?? '0' };
  return { filter: each.name ?? '', rule: { action: each.default ?? '' }, ...counted };
}
