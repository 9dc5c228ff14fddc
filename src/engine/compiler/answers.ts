import binaryen from 'binaryen';
import type { Expectation } from './expectations.ts';
import { unknown, type Value } from './known-values.ts';
import type { Marked } from './remember-marks.ts';
import { addLocal, type Expression, isNamed, kindOf, numberOf, operandsOf, type Place } from './wasm-tree.ts';

/** What no packet has in a field of at most 16 bits. */
const NOTHING = 0x10000;

/** What is remembered of the value that a stage expects. */
export interface Group {
  readonly expectation: Expectation;
  /** The local variable with the value. */
  readonly local: number;
  readonly answers: Answer[];
  /** What has been worked out of all this, by its identity. */
  readonly conclusions: Map<string, Conclusion>;
  /** What has to be so, or not, for anything to be expected: by the local variable of a conclusion. */
  readonly required: Map<number, boolean>;
  /** Whether packets are asked for the value. */
  isAsked: boolean;
}

/** A number that is the same for a whole burst. */
interface Conclusion {
  readonly local: number;
  readonly make: () => Expression;
}

/** What a remembered function has answered. */
export interface Answer {
  readonly target: string;
  /** Makes the number that was asked about, if there was one; its identity. */
  readonly question: (() => Expression) | undefined;
  readonly questionId: string;
  readonly local: number;
  readonly value: Value;
  readonly isSummed: boolean;
  readonly fields: Map<string, RememberedField>;
}

/** A field of a remembered record. */
export interface RememberedField {
  readonly getter: string;
  readonly setter: string;
  readonly type: binaryen.Type;
  readonly local: number;
  /** How often it was read, less how often it was written. */
  reads: number;
}

/** What the fast way's loop has in local variables for a whole burst, by what stages expect. */
export class Answers {
  readonly groups: readonly Group[];
  readonly #module: binaryen.Module;
  readonly #fn: binaryen.FunctionRef;
  readonly #marked: Marked;

  constructor(
    module: binaryen.Module,
    fn: binaryen.FunctionRef,
    { expected, marked }: { readonly expected: readonly Expectation[]; readonly marked: Marked },
  ) {
    this.#module = module;
    this.#fn = fn;
    this.#marked = marked;
    this.groups = expected.map((expectation) => ({
      expectation,
      local: addLocal(fn, binaryen.i32),
      answers: [],
      conclusions: new Map(),
      required: new Map(),
      isAsked: false,
    }));
  }

  /** Puts a local variable in the place of a result that is the same for the burst, and not a constant. */
  conclude(place: Place, value: Value): Value {
    const group = this.groupOf(value);
    if (!group || !value.fixed) return value;
    const { conclusions } = group;
    const known = conclusions.get(value.id) ?? {
      local: addLocal(this.#fn, binaryen.i32),
      make: value.fixed.make,
    };
    conclusions.set(value.id, known);
    place.set(this.read(known.local));
    return value;
  }

  /**
   * Asks before the first packet what the loop would ask of each, where it is the same for all that have what is
   * expected: if it is not as usual, nothing is expected. False when it is no such question, or who has not what is
   * expected would have to give up: a way to bridges must not cost the one to routes.
   */
  require(question: Expression, usual: boolean): boolean {
    if (kindOf(question) !== 'LocalGet') return false;
    const local = numberOf(question, 'Index');
    const group = this.groups.find(({ conclusions }) =>
      [...conclusions.values()].some((conclusion) => conclusion.local === local),
    );
    if (!group?.isAsked || group.expectation.isBinding) return false;
    group.required.set(local, usual);
    return true;
  }

  /** Puts a remembered answer in a call's place, if what is asked about is expected or follows from it. */
  remember(place: Place, target: string, { id, fixed }: Value): Value {
    if (!fixed) return unknown();
    const group = fixed.by ? this.groups.find((each) => each === fixed.by) : this.groups[0];
    if (!group) return unknown();
    return this.#answer(place, group, { target, questionId: id, question: fixed.make });
  }

  /** The same where nothing is asked about. */
  rememberOne(place: Place, target: string): Value {
    const [group] = this.groups;
    return group ? this.#answer(place, group, { target, questionId: '', question: undefined }) : unknown();
  }

  /** From which expectation a value follows, if it does from one. */
  groupOf({ fixed }: Value): Group | undefined {
    return this.groups.find((each) => each === fixed?.by);
  }

  /** The local variable of a field of a remembered record. */
  fieldOf({ fields }: Answer, getter: string, type: binaryen.Type): RememberedField {
    const setter = getter.replace('#get:', '#set:');
    const field = fields.get(getter) ?? { getter, setter, type, local: addLocal(this.#fn, type), reads: 0 };
    fields.set(getter, field);
    return field;
  }

  /** Adds to the local variable of a summed field. @throws Error where something else is done with it */
  addTo({ setter, local }: RememberedField, sum: Expression): Expression {
    const [left] = kindOf(sum) === 'Binary' ? operandsOf(sum) : [];
    const isOfField = left && kindOf(left.get()) === 'LocalGet' && numberOf(left.get(), 'Index') === local;
    if (!isOfField) throw new Error(`${setter}: a summed field can only be added to on a common path`);
    return this.#module.local.set(local, sum);
  }

  /** Asks all that is remembered, before the first packet. */
  asked(): Expression[] {
    return this.groups.flatMap((group) => this.#askedOf(group));
  }

  /** Adds to the records what was summed, behind the last packet. */
  addedUp(): readonly Expression[] {
    return this.groups.flatMap((group) => this.#addedUpOf(group));
  }

  read(local: number): Expression {
    return this.#module.local.get(local, binaryen.i32);
  }

  #answer(place: Place, group: Group, asked: Pick<Answer, 'target' | 'questionId' | 'question'>): Value {
    const { target, questionId } = asked;
    const known = group.answers.find((each) => each.target === target && each.questionId === questionId);
    const answer = known ?? this.#newAnswer(group, asked);
    place.set(this.read(answer.local));
    return answer.value;
  }

  #newAnswer(group: Group, asked: Pick<Answer, 'target' | 'questionId' | 'question'>): Answer {
    const local = addLocal(this.#fn, binaryen.i32);
    const answer: Answer = {
      ...asked,
      local,
      value: { id: `answer ${local}`, bits: 32, fixed: { by: group, make: () => this.read(local) } },
      isSummed: this.#marked.summed.has(asked.target),
      fields: new Map(),
    };
    group.answers.push(answer);
    return answer;
  }

  #askedOf({ expectation, local: expected, answers, conclusions, required }: Group): readonly Expression[] {
    const module = this.#module;
    const value = module.global.get(globalNamed(module, expectation.value), binaryen.i32);
    const asked = answers.flatMap(({ target, question, local, isSummed, fields }) => [
      module.local.set(local, module.call(target, question ? [question()] : [], binaryen.i32)),
      ...[...fields.values()].map(({ getter, type, local: field }) => {
        const first = isSummed ? zero(module, type) : module.call(getter, [this.read(local)], type);
        return module.local.set(field, first);
      }),
    ]);
    const concluded = [...conclusions.values()].map(({ local, make }) => module.local.set(local, make()));
    const unusual = [...required].map(([local, usual]) => {
      const answer = this.read(local);
      const nothing = module.local.set(expected, module.i32.const(NOTHING));
      return module.if(usual ? module.i32.eqz(answer) : answer, nothing);
    });
    return [module.local.set(expected, value), ...asked, ...concluded, ...unusual];
  }

  #addedUpOf({ answers }: Group): readonly Expression[] {
    const module = this.#module;
    return answers
      .filter(({ isSummed }) => isSummed)
      .flatMap(({ local: record, fields }) =>
        [...fields.values()].map(({ getter, setter, type, local, reads }) => {
          if (reads !== 0) throw new Error(`${getter}: a summed field can only be added to on a common path`);
          const sum = () => module.local.get(local, type);
          const before = module.call(getter, [this.read(record)], type);
          const write = module.call(setter, [this.read(record), add(module, before, sum())], binaryen.none);
          return module.if(isSome(module, sum(), type), write);
        }),
      );
  }
}

/** The whole name of a global of the generated module. */
function globalNamed(module: binaryen.Module, name: string): string {
  for (let i = 0; i < module.getNumGlobals(); i++) {
    const whole = binaryen.getGlobalInfo(module.getGlobalByIndex(i)).name;
    if (isNamed(whole, `graph/${name}`)) return whole;
  }
  throw new Error(`the datapath has no global ${name}`);
}

function isSome(module: binaryen.Module, value: Expression, type: binaryen.Type): Expression {
  return type === binaryen.i64 ? module.i64.ne(value, zero(module, type)) : value;
}

function zero(module: binaryen.Module, type: binaryen.Type): Expression {
  return type === binaryen.i64 ? module.i64.const(0n) : module.i32.const(0);
}

function add(module: binaryen.Module, left: Expression, right: Expression): Expression {
  const isWide = binaryen.getExpressionType(left) === binaryen.i64;
  return isWide ? module.i64.add(left, right) : module.i32.add(left, right);
}
