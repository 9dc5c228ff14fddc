import { ApiError } from '../../engine/api-error.ts';
import type { Rewrite } from '../../engine/host/rewrites.ts';
import { formatAddress, type Ipv4Address, sameAddress } from '../../net/address.ts';
import { formatPrefix, samePrefix } from '../../net/prefix.ts';
import type { Interface, InterfaceRouter, Interfaces } from '../interface/index.ts';
import { MAX_SOURCE_RULES, MAX_STATIC_RULES, NAT_INPUT_PLACE, NAT_OUTPUT_PLACE } from './layout.ts';
import { checkAddress, checkRouted, checkSubnet } from './rule-checks.ts';
import { RuleTable } from './rule-table.ts';
import type { Dnat44, Snat44 } from './rules.ts';
import type { RuleFunctions } from './table-functions.ts';
import { ruleFunctionNames } from './table-functions.ts';

const STAGES = ['nat-input', 'nat-output'] as const;

/** What belongs to a rule besides the rule. */
export interface RuleListener {
  /** An address is ours on an interface from now on, or not any more: the first and the last rule with it say so. @throws ApiError */
  owned(iface: Interface, address: Ipv4Address, owned: boolean): void;
  /** Sessions of an interface have lost a rule. */
  withdrawn(iface: number): void;
}

/** The rules of NAT on all interfaces. */
export class NatRules {
  readonly #interfaces: Interfaces;
  readonly #table: RuleTable;
  readonly #listener: RuleListener;
  readonly #emit: InterfaceRouter['emit'];
  #dnat: readonly Dnat44[] = [];
  #snat: readonly Snat44[] = [];

  constructor(router: InterfaceRouter, interfaces: Interfaces, listener: RuleListener) {
    this.#interfaces = interfaces;
    this.#listener = listener;
    this.#emit = (event) => router.emit(event);
    this.#table = new RuleTable(router.tables<RuleFunctions>(ruleFunctionNames));
    interfaces.defineStep({ way: 'input', place: NAT_INPUT_PLACE, stage: 'nat-input' });
    interfaces.defineStep({ way: 'output', place: NAT_OUTPUT_PLACE, stage: 'nat-output' });
    interfaces.listen({
      removing: (iface) => this.#removeAll(iface),
      checkBound: (iface) => this.#checkBound(iface),
    });
  }

  /** How all rules are written again for a build that has them elsewhere. */
  get rewrite(): Rewrite {
    return this.#table.rewrite(() => ({ dnat: this.#dnat, snat: this.#snat }));
  }

  get dnat(): readonly Dnat44[] {
    return this.#dnat;
  }

  get snat(): readonly Snat44[] {
    return this.#snat;
  }

  /** Lets a destination stand for a station inside. @throws ApiError EINVAL, EEXIST, ENOSPC */
  addDnat(rule: Dnat44): void {
    const iface = this.#ifaceOf(rule.iface);
    const doing = `add dnat44 ${formatAddress(rule.destination)} on ${iface.name}`;
    checkRouted(doing, iface);
    checkAddress(doing, 'destination', rule.destination);
    checkAddress(doing, 'replace', rule.replace);
    this.#checkNewDnat(doing, rule);
    this.#own(iface, rule.destination);
    this.#table.addDnat(doing, rule);
    this.#dnat = [...this.#dnat, rule];
    this.#use(rule.iface);
    this.#emit({ type: 'dnat44 add', text: this.#dnatText(rule) });
  }

  /** @throws ApiError ENOENT */
  deleteDnat(iface: Interface, destination: Ipv4Address): void {
    const found = this.#dnat.find(
      (rule) => rule.iface === iface.id && sameAddress(rule.destination, destination),
    );
    if (!found) {
      throw new ApiError('ENOENT', {
        doing: `delete dnat44 ${formatAddress(destination)} on ${iface.name}`,
        expected: 'a destination that has a rule there',
        received: 'one that has none',
      });
    }
    this.#dropDnat(found);
  }

  /** Gives the sources of a subnet one address. @throws ApiError EINVAL, EEXIST, ENOSPC */
  addSnat(rule: Snat44): void {
    const iface = this.#ifaceOf(rule.iface);
    const doing = `add snat44 ${formatPrefix(rule.subnet)} on ${iface.name}`;
    checkRouted(doing, iface);
    checkSubnet(doing, rule.subnet);
    checkAddress(doing, 'replace', rule.replace);
    this.#checkNewSnat(doing, rule);
    this.#own(iface, rule.replace);
    this.#writeSnat(doing, rule.iface, [...this.#snat, rule]);
    this.#emit({ type: 'snat44 add', text: this.#snatText(rule) });
  }

  /** Takes a rule away, and ends its sessions. @throws ApiError ENOENT */
  deleteSnat(rule: Snat44): void {
    const found = this.#snat.find((each) => isSameSnat(each, rule));
    const doing = `delete snat44 ${formatPrefix(rule.subnet)} on ${this.#ifaceOf(rule.iface).name}`;
    if (!found) {
      const received = `${formatPrefix(rule.subnet)} replace ${formatAddress(rule.replace)}`;
      throw new ApiError('ENOENT', { doing, expected: 'a rule that is there', received });
    }
    this.#dropSnat(doing, found);
  }

  #dropDnat(rule: Dnat44): void {
    this.#dnat = this.#dnat.filter((each) => each !== rule);
    this.#use(rule.iface);
    this.#table.deleteDnat(rule);
    this.#disown(rule.iface, rule.destination);
    this.#emit({ type: 'dnat44 del', text: this.#dnatText(rule) });
  }

  #dropSnat(doing: string, rule: Snat44): void {
    this.#writeSnat(
      doing,
      rule.iface,
      this.#snat.filter((each) => each !== rule),
    );
    this.#listener.withdrawn(rule.iface);
    this.#disown(rule.iface, rule.replace);
    this.#emit({ type: 'snat44 del', text: this.#snatText(rule) });
  }

  #writeSnat(doing: string, iface: number, rules: readonly Snat44[]): void {
    const sorted = [...rules].sort((left, right) => right.subnet.length - left.subnet.length);
    this.#table.writeSnat(
      doing,
      iface,
      sorted.filter((rule) => rule.iface === iface),
    );
    this.#snat = sorted;
    this.#use(iface);
  }

  /** Stages look at an interface while it has rules. */
  #use(iface: number): void {
    const has = {
      dnat: this.#dnat.some((rule) => rule.iface === iface),
      snat: this.#snat.some((rule) => rule.iface === iface),
    };
    this.#table.setFlags(iface, has);
    for (const stage of STAGES) this.#interfaces.useStep(iface, stage, has.dnat || has.snat);
  }

  #own(iface: Interface, address: Ipv4Address): void {
    if (!this.#isOwned(iface.id, address)) this.#listener.owned(iface, address, true);
  }

  #disown(id: number, address: Ipv4Address): void {
    const iface = this.#interfaces.find(id);
    if (iface && !this.#isOwned(id, address)) this.#listener.owned(iface, address, false);
  }

  #isOwned(iface: number, address: Ipv4Address): boolean {
    const isDnat = this.#dnat.some((rule) => rule.iface === iface && sameAddress(rule.destination, address));
    return isDnat || this.#snat.some((rule) => rule.iface === iface && sameAddress(rule.replace, address));
  }

  #removeAll(iface: Interface): void {
    for (const rule of this.#dnat.filter((each) => each.iface === iface.id)) this.#dropDnat(rule);
    for (const rule of this.#snat.filter((each) => each.iface === iface.id))
      this.#dropSnat(`delete interface ${iface.name}`, rule);
  }

  #checkBound({ id, name }: Interface): void {
    if (![...this.#dnat, ...this.#snat].some((rule) => rule.iface === id)) return;
    throw new ApiError('EBUSY', {
      doing: `bind ${name} to another interface`,
      expected: 'one without rules of NAT',
      received: 'one with some',
    });
  }

  #checkNewDnat(doing: string, rule: Dnat44): void {
    if (this.#dnat.length >= MAX_STATIC_RULES)
      throw new ApiError('ENOSPC', {
        doing,
        expected: `at most ${MAX_STATIC_RULES} rules`,
        received: 'one more',
      });
    const other = this.#dnat.find(
      ({ iface, destination, replace }) =>
        iface === rule.iface &&
        (sameAddress(destination, rule.destination) || sameAddress(replace, rule.replace)),
    );
    if (!other) return;
    const expected = 'a destination and a replace without a rule on that interface';
    throw new ApiError('EEXIST', { doing, expected, received: `those of ${this.#dnatText(other)}` });
  }

  #checkNewSnat(doing: string, rule: Snat44): void {
    const ofInterface = this.#snat.filter(({ iface }) => iface === rule.iface);
    if (ofInterface.length >= MAX_SOURCE_RULES)
      throw new ApiError('ENOSPC', {
        doing,
        expected: `at most ${MAX_SOURCE_RULES} rules on an interface`,
        received: 'one more',
      });
    const other = ofInterface.find(({ subnet }) => samePrefix(subnet, rule.subnet));
    if (!other) return;
    const expected = 'a subnet without a rule on that interface';
    throw new ApiError('EEXIST', { doing, expected, received: `that of ${this.#snatText(other)}` });
  }

  #ifaceOf(id: number): Interface {
    const iface = this.#interfaces.find(id);
    if (!iface) throw new TypeError(`expected the id of an interface, received ${id}`);
    return iface;
  }

  #dnatText({ iface, destination, replace }: Dnat44): string {
    const name = this.#interfaces.find(iface)?.name;
    return `iface=${name} destination=${formatAddress(destination)} replace=${formatAddress(replace)}`;
  }

  #snatText({ iface, subnet, replace }: Snat44): string {
    const name = this.#interfaces.find(iface)?.name;
    return `iface=${name} subnet=${formatPrefix(subnet)} replace=${formatAddress(replace)}`;
  }
}

function isSameSnat(left: Snat44, right: Snat44): boolean {
  return (
    left.iface === right.iface &&
    samePrefix(left.subnet, right.subnet) &&
    sameAddress(left.replace, right.replace)
  );
}
