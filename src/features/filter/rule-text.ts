import { dscpText, flagsText, protocolText, rangeText } from './cli-words.ts';
import type { RuleJson } from './filter_pb.js';

/** What a rule says, in the words of the command that makes it. */
export function ruleText(rule: RuleJson): string {
  return [
    rule.action,
    word('proto', rule.proto, protocolText),
    word('src', rule.src),
    word('dst', rule.dst),
    word('sport', rule.sport, rangeText),
    word('dport', rule.dport, rangeText),
    word('icmp-type', rule.icmp_type),
    word('icmp-code', rule.icmp_code),
    word('tcp-flags', rule.tcp_flags, flagsText),
    word('dscp', rule.dscp, dscpText),
    rule.established && 'established',
    rule.fragment && 'fragment',
    word('name', rule.name || undefined),
    word('police', rule.police),
  ]
    .filter(Boolean)
    .join(' ');
}

function word<T>(
  name: string,
  value: T | undefined,
  text: (value: T) => string = String,
): string | undefined {
  return value === undefined ? undefined : `${name} ${text(value)}`;
}
