import { ApiError } from '../../engine/api-error.ts';
import { checkGivenName } from '../../engine/given-name.ts';
import { type ApiService, apiService } from '../../engine/host/api/service.ts';
import { type Interfaces, readWay } from '../interface/index.ts';
import type { Bindings } from './bindings.ts';
import { isDiscovery, ruleMet } from './explain.ts';
import { type ExplainFilterRequest, FilterService, type SetFilterRequest } from './filter_pb.js';
import type { Filter, Filters } from './filters.ts';
import { readAction, readAsked, readRule, ruleMessage } from './messages.ts';
import type { Rule } from './rule.ts';

/** What the service shows and changes. */
export interface FilterParts {
  readonly filters: Filters;
  readonly bindings: Bindings;
  readonly interfaces: Interfaces;
}

/** Lists and where they are, as the API shows and changes them. */
export function filterService(parts: FilterParts): ApiService {
  const { filters, bindings, interfaces } = parts;
  return apiService(FilterService, {
    addRule({ filter, rule }) {
      const doing = `add a rule to filter ${filter}`;
      return { index: filters.add(checkGivenName(doing, filter), readRule(doing, rule)) };
    },
    deleteFilter({ filter, index }) {
      if (index === undefined) bindings.remove(filter);
      else filters.removeRule(filter, index);
      return {};
    },
    setFilter(request) {
      set(parts, request);
      return {};
    },
    async *listFilters({ filter }) {
      const wanted = filter === undefined ? filters.all : [filters.named(`show filter ${filter}`, filter)];
      for (const each of wanted) yield* partsOf(filters, each);
    },
    bindFilter: ({ filter, iface, way }) =>
      interfaces.inTurn(() => {
        bindings.bind(filter, iface, readWay(`bind filter ${filter}`, way));
        return {};
      }),
    unbindFilter: ({ iface, way }) =>
      interfaces.inTurn(() => {
        bindings.unbind(iface, readWay(`unbind the filter of ${iface}`, way));
        return {};
      }),
    listBindings: () => ({
      bindings: bindings.list.map(({ filter, iface, way }) => ({
        filter: filter.name,
        iface: iface.name,
        way,
      })),
    }),
    explainFilter: (request) => explain(parts, request),
  });
}

function set({ filters }: FilterParts, request: SetFilterRequest): void {
  const { filter, rulesOf } = request;
  const doing = `set filter ${filter}`;
  const given = request.rules?.rules.map((message, i) => {
    const rule = readRule(doing, message);
    return { ...rule, index: rule.index ?? (i + 1) * 10 };
  });
  if (given && rulesOf !== undefined)
    throw new ApiError('EINVAL', { doing, expected: 'rules or the name of who has them', received: 'both' });
  const rules = rulesOf === undefined ? given : filters.named(doing, rulesOf).rules;
  const other = request.default === undefined ? undefined : readAction(doing, request.default);
  filters.set(checkGivenName(doing, filter), { other, rules });
}

function explain({ filters, bindings, interfaces }: FilterParts, request: ExplainFilterRequest) {
  const doing = `explain the filter of ${request.iface}`;
  const iface = interfaces.named(doing, request.iface);
  const way = readWay(doing, request.way);
  const asked = readAsked(doing, request);
  const filter = bindings.at(iface, way)?.filter;
  if (!filter) return { action: 'permit', because: `${iface.name} has no filter ${way}` };
  const rule = ruleMet(filters, filter, asked);
  if (rule) return { filter: filter.name, ...metRule(rule) };
  const passes = filter.other === 'deny' && isDiscovery(asked);
  return {
    filter: filter.name,
    action: passes ? 'permit' : filter.other,
    because: passes
      ? 'it meets no rule, and neighbour discovery with a hop limit of 255 passes then'
      : `it meets no rule, and the default is ${filter.other}`,
  };
}

function metRule(rule: Rule) {
  return {
    rule: ruleMessage(rule),
    action: rule.action,
    because: `rule ${rule.index} is the first that it meets`,
  };
}

/** A long list in messages that are none. */
function* partsOf(filters: Filters, filter: Filter) {
  const { packets, bytes } = filters.count(filter);
  const head = {
    name: filter.name,
    default: filter.other,
    defaultPackets: packets,
    defaultBytes: bytes,
    memory: filters.lists.bytes(filter.id),
  };
  for (let at = 0; at === 0 || at < filter.rules.length; at += BATCH) {
    const rules = filter.rules.slice(at, at + BATCH);
    const counted = rules.map((rule) => ({ rule: ruleMessage(rule), ...filters.count(filter, rule) }));
    yield { filters: [{ ...head, rules: counted }] };
  }
}

const BATCH = 512;
