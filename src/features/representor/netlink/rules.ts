import {
  attribute,
  CREATE_NEW,
  DUMP,
  type NetlinkAnswer,
  type NetlinkMessage,
  netlinkMessage,
  readAttributes,
  text,
  u8,
  u32,
} from '../../../engine/host/netlink-message.ts';
import { addressBits, formatAddress, type IpAddress } from '../../../net/address.ts';
import { bytesOf, FAMILY } from './address-parts.ts';

/** A rule that has a table asked, by the device that a socket is bound to or by the source. */
export interface TableRule {
  readonly family: IpAddress['family'];
  readonly preference: number;
  readonly by: { readonly oif: string } | { readonly from: IpAddress };
  readonly table: number;
  readonly protocol: number;
}

const TYPE = { NEW_RULE: 32, DELETE_RULE: 33, GET_RULES: 34 };
const FRA = { SOURCE: 2, PRIORITY: 6, TABLE: 15, OIF_NAME: 17, PROTOCOL: 21 };
const TO_TABLE = 1;
const RULE_BYTES = 12;

export function putRule(rule: TableRule): NetlinkMessage {
  return netlinkMessage(
    ruleWords('add', rule),
    { type: TYPE.NEW_RULE, flags: CREATE_NEW },
    ...ruleParts(rule),
  );
}

export function takeRule(rule: TableRule): NetlinkMessage {
  return netlinkMessage(ruleWords('del', rule), { type: TYPE.DELETE_RULE }, ...ruleParts(rule));
}

/** Asks for all rules of a family. */
export function showRules(family: IpAddress['family']): NetlinkMessage {
  const part = Buffer.alloc(RULE_BYTES);
  part.writeUInt8(FAMILY[family], 0);
  return netlinkMessage('rule show', { type: TYPE.GET_RULES, flags: DUMP }, part);
}

/** What deletes a rule in an answer, if it bears a protocol's mark. */
export function takeMarked({ type, body }: NetlinkAnswer, protocol: number): NetlinkMessage | undefined {
  if (type !== TYPE.NEW_RULE) return undefined;
  const mark = readAttributes(body.subarray(RULE_BYTES)).get(FRA.PROTOCOL);
  if (mark?.readUInt8(0) !== protocol) return undefined;
  return netlinkMessage(`rule flush protocol ${protocol}`, { type: TYPE.DELETE_RULE }, body);
}

/** fib_rule_hdr of linux/fib_rules.h, and what comes with it. */
function ruleParts({ family, preference, by, table, protocol }: TableRule): readonly Buffer[] {
  const sourceBits = 'from' in by ? addressBits(family) : 0;
  const part = Buffer.from([FAMILY[family], 0, sourceBits, 0, 0, 0, 0, TO_TABLE, 0, 0, 0, 0]);
  const selector =
    'from' in by ? attribute(FRA.SOURCE, bytesOf(by.from)) : attribute(FRA.OIF_NAME, text(by.oif));
  return [
    part,
    attribute(FRA.PRIORITY, u32(preference)),
    selector,
    attribute(FRA.TABLE, u32(table)),
    attribute(FRA.PROTOCOL, u8(protocol)),
  ];
}

function ruleWords(verb: 'add' | 'del', { family, preference, by, table, protocol }: TableRule): string {
  const selector = 'from' in by ? `from ${formatAddress(by.from)}` : `oif ${by.oif}`;
  const words = `rule ${verb} pref ${preference} ${selector} lookup ${table} protocol ${protocol}`;
  return family === 'ipv6' ? `-6 ${words}` : words;
}
