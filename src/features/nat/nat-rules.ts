import { ApiError } from '../../engine/api-error.ts';
import type { Rewrite } from '../../engine/host/rewrites.ts';
import { formatAddress, type Ipv4Address, sameAddress } from '../../net/address.ts';
import { formatPrefix } from '../../net/prefix.ts';
import type { Interface, InterfaceRouter, Interfaces } from '../interface/index.ts';
import { NAT_INPUT_PLACE, NAT_OUTPUT_PLACE } from './layout.ts';
import { checkAddress, checkNewDnat, checkNewSnat, checkRouted, checkSubnet } from './rule-checks.ts';
import { RuleTable } from './rule-table.ts';
import { type Dnat44, dnatText, findDnat, findSnat, type Snat44, snatText } from './rules.ts';
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
    checkNewDnat(doing, this.#dnat, rule);
    this.#owning(iface, rule.destination, () => this.#table.addDnat(doing, rule));
    this.#dnat = [...this.#dnat, rule];
    this.#use(rule.iface);
    this.#tell('dnat44 add', rule.iface, dnatText(rule));
  }

  /** @throws ApiError ENOENT */
  deleteDnat(iface: Interface, destination: Ipv4Address): void {
    this.#dropDnat(
      findDnat(`delete dnat44 ${formatAddress(destination)} on ${iface.name}`, this.#dnat, {
        iface: iface.id,
        destination,
      }),
    );
  }

  /** Gives the sources of a subnet one address. @throws ApiError EINVAL, EEXIST, ENOSPC */
  addSnat(rule: Snat44): void {
    const iface = this.#ifaceOf(rule.iface);
    const doing = `add snat44 ${formatPrefix(rule.subnet)} on ${iface.name}`;
    checkRouted(doing, iface);
    checkSubnet(doing, rule.subnet);
    checkAddress(doing, 'replace', rule.replace);
    checkNewSnat(doing, this.#snat, rule);
    this.#owning(iface, rule.replace, () => this.#writeSnat(doing, rule.iface, [...this.#snat, rule]));
    this.#tell('snat44 add', rule.iface, snatText(rule));
  }

  /** Takes a rule away, and ends its sessions. @throws ApiError ENOENT */
  deleteSnat(rule: Snat44): void {
    const doing = `delete snat44 ${formatPrefix(rule.subnet)} on ${this.#ifaceOf(rule.iface).name}`;
    this.#dropSnat(doing, findSnat(doing, this.#snat, rule));
  }

  #dropDnat(rule: Dnat44): void {
    this.#dnat = this.#dnat.filter((each) => each !== rule);
    this.#use(rule.iface);
    this.#table.deleteDnat(rule);
    this.#disown(rule.iface, rule.destination);
    this.#tell('dnat44 del', rule.iface, dnatText(rule));
  }

  #dropSnat(doing: string, rule: Snat44): void {
    this.#writeSnat(
      doing,
      rule.iface,
      this.#snat.filter((each) => each !== rule),
    );
    this.#listener.withdrawn(rule.iface);
    this.#disown(rule.iface, rule.replace);
    this.#tell('snat44 del', rule.iface, snatText(rule));
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

  /** Writes a rule whose address is ours from now on, or not where that cannot be written. @throws what writing throws */
  #owning(iface: Interface, address: Ipv4Address, write: () => void): void {
    if (!this.#isOwned(iface.id, address)) this.#listener.owned(iface, address, true);
    try {
      write();
    } catch (error) {
      this.#disown(iface.id, address);
      throw error;
    }
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

  #ifaceOf(id: number): Interface {
    const iface = this.#interfaces.find(id);
    if (!iface) throw new TypeError(`expected the id of an interface, received ${id}`);
    return iface;
  }

  #tell(type: string, iface: number, text: string): void {
    this.#emit({ type, text: `iface=${this.#interfaces.find(iface)?.name} ${text}` });
  }
}
