import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { ApiError } from '../../engine/api-error.ts';
import { parseAddress } from '../../net/address.ts';
import { formatPrefix, networkOf, type Prefix, parsePrefix } from '../../net/prefix.ts';
import {
  type ExplainFilterRequest,
  type PortRange,
  type Rule as RuleMessage,
  RuleSchema,
} from './filter_pb.js';
import type { Action, Asked, Range, Rule } from './rule.ts';

/** A rule whose index may still have to be chosen. */
export type WantedRule = Omit<Rule, 'index'> & { readonly index?: number | undefined };

/** Reads a rule. @throws ApiError EINVAL, ERANGE; ValueError */
export function readRule(doing: string, message: RuleMessage = create(RuleSchema)): WantedRule {
  const rule: WantedRule = {
    index: message.index,
    action: readAction(doing, message.action),
    name: message.name,
    ...present('protocol', checked(doing, 'a protocol', message.proto, 255)),
    ...present('source', readPrefix(message.src)),
    ...present('destination', readPrefix(message.dst)),
    ...present('sourcePort', readRange(doing, message.sport)),
    ...present('destinationPort', readRange(doing, message.dport)),
    ...present('icmpType', checked(doing, 'an ICMP type', message.icmpType, 255)),
    ...present('icmpCode', checked(doing, 'an ICMP code', message.icmpCode, 255)),
    ...present(
      'tcpFlags',
      message.tcpFlags && { mask: message.tcpFlags.mask, value: message.tcpFlags.value },
    ),
    ...present('dscp', checked(doing, 'a DSCP', message.dscp, 63)),
    established: message.established,
    fragment: message.fragment,
    ...present('limit', message.police),
  };
  checkTogether(doing, rule);
  return rule;
}

/** @throws ApiError EINVAL */
export function readAction(doing: string, action: string): Action {
  if (action === 'permit' || action === 'deny') return action;
  throw new ApiError('EINVAL', { doing, expected: '"permit" or "deny"', received: JSON.stringify(action) });
}

/** A rule as the API shows it. */
export function ruleMessage(rule: Rule): MessageInitShape<typeof RuleSchema> {
  const { index, action, name, source, destination, established, fragment } = rule;
  return {
    index,
    action,
    name,
    established,
    fragment,
    ...present('proto', rule.protocol),
    ...present('src', source && formatPrefix(source)),
    ...present('dst', destination && formatPrefix(destination)),
    ...present('sport', rule.sourcePort),
    ...present('dport', rule.destinationPort),
    ...present('icmpType', rule.icmpType),
    ...present('icmpCode', rule.icmpCode),
    ...present('tcpFlags', rule.tcpFlags),
    ...present('dscp', rule.dscp),
    ...present('police', rule.limit),
  };
}

/** Reads what a packet is like. @throws ApiError EINVAL, ERANGE; ValueError */
export function readAsked(doing: string, message: ExplainFilterRequest): Asked {
  const [source, destination] = [parseAddress(message.src), parseAddress(message.dst)];
  if (source.family !== destination.family)
    throw new ApiError('EINVAL', {
      doing,
      expected: 'addresses of one family',
      received: `${message.src} and ${message.dst}`,
    });
  return {
    source,
    destination,
    protocol: checked(doing, 'a protocol', message.proto, 255) ?? 0,
    ...present('sourcePort', checked(doing, 'a port', message.sport, 65535)),
    ...present('destinationPort', checked(doing, 'a port', message.dport, 65535)),
    ...present('icmpType', checked(doing, 'an ICMP type', message.icmpType, 255)),
    ...present('icmpCode', checked(doing, 'an ICMP code', message.icmpCode, 255)),
    tcpFlags: checked(doing, "TCP's flags", message.tcpFlags, 255) ?? 0,
    dscp: checked(doing, 'a DSCP', message.dscp, 63) ?? 0,
    fragment: message.fragment,
  };
}

function readPrefix(text: string | undefined): Prefix | undefined {
  return text === undefined ? undefined : networkOf(parsePrefix(text));
}

function readRange(doing: string, message: PortRange | undefined): Range | undefined {
  if (!message) return undefined;
  const { first, last } = message;
  if (first <= last && last <= 65535) return { first, last };
  throw new ApiError('ERANGE', {
    doing,
    expected: 'ports of 0 to 65535, the lower one first',
    received: `${first}-${last}`,
  });
}

function checked(doing: string, what: string, value: number | undefined, most: number): number | undefined {
  if (value === undefined || value <= most) return value;
  throw new ApiError('ERANGE', { doing, expected: `${what} of 0 to ${most}`, received: String(value) });
}

/** Refuses rules that no packet can meet, or that say a thing twice. @throws ApiError EINVAL */
function checkTogether(doing: string, rule: WantedRule): void {
  const refuse = (expected: string, received: string) => {
    throw new ApiError('EINVAL', { doing, expected, received });
  };
  const { source, destination, protocol } = rule;
  const ports = rule.sourcePort ?? rule.destinationPort;
  const isIcmp = rule.icmpType !== undefined || rule.icmpCode !== undefined;
  const isTcp = rule.tcpFlags !== undefined || rule.established;
  if (source && destination && source.address.family !== destination.address.family)
    refuse('addresses of one family', `${formatPrefix(source)} and ${formatPrefix(destination)}`);
  if (isIcmp && protocol !== undefined && protocol !== 1 && protocol !== 58)
    refuse('protocol icmp or icmp6 with an ICMP type or code', `protocol ${protocol}`);
  if (rule.icmpCode !== undefined && rule.icmpType === undefined)
    refuse('an ICMP type with the code', 'a code alone');
  if (isTcp && protocol !== undefined && protocol !== 6)
    refuse('protocol tcp with flags or established', `protocol ${protocol}`);
  if (ports && !isTcp && ![6, 17, 132].includes(protocol ?? -1))
    refuse('protocol tcp, udp or sctp with ports', protocol === undefined ? 'none' : `protocol ${protocol}`);
  if (ports && isIcmp) refuse('ports or an ICMP type', 'both');
  if (rule.fragment && (ports || isIcmp || isTcp))
    refuse('no ports, flags or ICMP types with fragment: later fragments have none', 'some');
  if (rule.limit !== undefined && rule.action === 'deny')
    refuse('a rate limit for what is permitted', 'deny');
  if (rule.tcpFlags && (rule.tcpFlags.mask > 255 || (rule.tcpFlags.value & ~rule.tcpFlags.mask) !== 0))
    refuse('flags of one byte, those that are set among those that are looked at', 'others');
}

function present<K extends string, V>(key: K, value: V | undefined): { [key in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { [key in K]?: V };
}
