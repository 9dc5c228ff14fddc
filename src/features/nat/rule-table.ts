import { ApiError } from '../../engine/api-error.ts';
import type { Rewrite, TakeFunctions } from '../../engine/host/rewrites.ts';
import { NAT_SOURCE_RULES, NAT_STATIC_RULES } from './layout.ts';
import { type Dnat44, maskOf, numberOf, rawOf, type Snat44 } from './rules.ts';
import { type RuleFunctions, ruleFunctionNames } from './table-functions.ts';

const INSIDE = 0;
const OUTSIDE = 1;

/** The rules in the shared memory: their one writer there. */
export class RuleTable {
  readonly #functions: RuleFunctions;

  constructor(functions: RuleFunctions) {
    this.#functions = functions;
  }

  /** How rules are written again for a build that has them elsewhere. */
  rewrite(all: () => { readonly dnat: readonly Dnat44[]; readonly snat: readonly Snat44[] }): Rewrite {
    const interfaces = () => new Set([...all().dnat, ...all().snat].map(({ iface }) => iface));
    return {
      tables: ['NAT_INTERFACES', 'NAT_STATIC'],
      unknown: ['STATIC_SLOTS'],
      write: () => {
        const { dnat, snat } = all();
        for (const rule of dnat) this.addDnat('write rules of NAT again', rule);
        for (const iface of interfaces()) {
          const own = snat.filter((rule) => rule.iface === iface);
          if (own.length > 0) this.writeSnat('write rules of NAT again', iface, own);
          const has = { dnat: dnat.some((rule) => rule.iface === iface), snat: own.length > 0 };
          this.setFlags(iface, has);
        }
      },
      release: (before: TakeFunctions) => {
        const functions = before<RuleFunctions>(ruleFunctionNames);
        for (const iface of interfaces()) functions.releaseSourceRules(iface);
      },
    };
  }

  setFlags(iface: number, has: { readonly dnat: boolean; readonly snat: boolean }): void {
    const flags = (has.dnat ? NAT_STATIC_RULES : 0) | (has.snat ? NAT_SOURCE_RULES : 0);
    this.#functions.setNatFlags(iface, flags);
  }

  /** Writes both ways of a rule, or none. @throws ApiError ENOSPC */
  addDnat(doing: string, { iface, destination, replace }: Dnat44): void {
    const [outside, inside] = [rawOf(destination), rawOf(replace)];
    const { putStatic, dropStatic } = this.#functions;
    if (putStatic(iface, OUTSIDE, outside, inside) && putStatic(iface, INSIDE, inside, outside)) return;
    dropStatic(iface, OUTSIDE, outside);
    throw new ApiError('ENOSPC', {
      doing,
      expected: 'room in the table of addresses',
      received: 'none where it belongs',
    });
  }

  deleteDnat({ iface, destination, replace }: Dnat44): void {
    this.#functions.dropStatic(iface, OUTSIDE, rawOf(destination));
    this.#functions.dropStatic(iface, INSIDE, rawOf(replace));
  }

  /** Writes the rules of an interface, in the order in which they are looked at. @throws ApiError ENOSPC */
  writeSnat(doing: string, iface: number, rules: readonly Snat44[]): void {
    if (rules.length === 0) {
      this.#functions.publishSourceRules(iface, 0, 0);
      return;
    }
    const list = this.#functions.newSourceRules(rules.length);
    if (list === 0)
      throw new ApiError('ENOSPC', { doing, expected: 'memory for its rules', received: 'none left' });
    for (const [place, { subnet, replace }] of rules.entries()) {
      const { address, length } = subnet;
      this.#functions.setSourceRule(list, place, numberOf(address), maskOf(length), rawOf(replace));
    }
    this.#functions.publishSourceRules(iface, list, rules.length);
  }
}
