import { relative } from 'node:path';
import binaryen from 'binaryen';
import { Counted } from './counted.ts';
import type { Expectation } from './expectations.ts';
import { combined, constant, cut, Knowledge, unknown, type Value } from './known-values.ts';
import type { Moved } from './moved.ts';
import { accessOf, fieldsOf } from './packet-fields.ts';
import type { PacketLoop } from './packet-locals.ts';
import {
  addLocal,
  bodyOf,
  type Expression,
  flagOf,
  functionNamed,
  isNamed,
  kindOf,
  numberOf,
  operandsOf,
  type Place,
  textOf,
  walk,
} from './wasm-tree.ts';

// Packets of a burst have much in common: the port they came by and its interface, nearly always the one they leave by.
// A stage says so (`@expects output`), and on the fast way there is a copy of it for packets that have what the stage
// expects (fast-way.ts). There much need not be looked up again:
//
//   const iface = interfaceAt(packet.output);   …   iface.flags   …   gatheringFor(iface.port)
//
// A function whose comment ends in `@remembered` is called once a burst, before the first packet, if it is asked about
// what is expected or what follows from that, and so are the fields of the record that it gives: they stay in local
// variables. With `@summed` a record's fields are counters: what is added to them is added up, and to the record at the
// burst's end. Other fields that the loop writes are left in memory. A function so marked that is asked about nothing is
// called once a burst, too; and what is masked or compared before the first packet and after gives the same is worked
// out there, where most stages ask about flags.

/** The functions so marked, by AssemblyScript's names: their file's path without `.ts`, and theirs. */
export interface Marked {
  readonly remembered: ReadonlySet<string>;
  readonly summed: ReadonlySet<string>;
}

/** Finds the functions that files mark, by their paths. */
export function marksOf(files: ReadonlyMap<string, string>): Marked {
  const marked = (mark: string) =>
    [...files].flatMap(([path, text]) => {
      const functions = text.matchAll(new RegExp(`@${mark}\\s*\\*/\\n(?:export )?function (\\w+)`, 'g'));
      return [...functions].map(
        ([, name]) => `${relative(process.cwd(), path).replace(/\.ts$/, '')}/${name}`,
      );
    });
  const summed = new Set(marked('summed'));
  return { remembered: new Set([...marked('remembered'), ...summed]), summed };
}

interface Options {
  readonly loop: PacketLoop;
  readonly expected: readonly Expectation[];
  readonly marked: Marked;
}

/** Changes the loop of the fast way so that it remembers. @throws Error where a summed field is not only added to */
export function rememberRecords(module: binaryen.Module, options: Options): Moved {
  const fn = functionNamed(module, options.loop.loop);
  const body = bodyOf(fn);
  const remembering = new Remembering(module, fn, options);
  remembering.visit(body);
  const { before, after } = remembering.finish();
  walk(body, (place) => {
    if (isCallOf(place.get(), options.loop.expect)) place.set(module.block(null, before));
  });
  body.set(module.block(null, [body.get(), ...after]));
  return remembering.moved;
}

/** What is remembered of the value that a stage expects. */
interface Group {
  readonly expectation: Expectation;
  /** The local variable with the value. */
  readonly local: number;
  readonly answers: Answer[];
  /** What has been worked out of all this, by its identity. */
  readonly conclusions: Map<string, Conclusion>;
}

/** A number that is the same for a whole burst. */
interface Conclusion {
  readonly local: number;
  readonly make: () => Expression;
}

/** What a remembered function has answered. */
interface Answer {
  readonly target: string;
  /** Makes the number that was asked about, if there was one; its identity. */
  readonly question: (() => Expression) | undefined;
  readonly questionId: string;
  readonly local: number;
  readonly value: Value;
  readonly isSummed: boolean;
  readonly fields: Map<string, RememberedField>;
}

interface RememberedField {
  readonly getter: string;
  readonly setter: string;
  readonly type: binaryen.Type;
  readonly local: number;
  /** How often it was read, less how often it was written. */
  reads: number;
}

class Remembering {
  readonly #module: binaryen.Module;
  readonly #fn: binaryen.FunctionRef;
  readonly #options: Options;
  readonly #known = new Knowledge();
  readonly #groups: readonly Group[];
  readonly #counted: Counted;
  /** The functions by which the loop writes fields. */
  readonly #written: ReadonlySet<string>;
  /** What the packet's fields are when its way begins. */
  readonly #first = new Map<string, Value>();
  readonly moved = {
    reads: new Map<Expression, number | undefined>(),
    ends: new Map<Expression, Map<string, number>>(),
  };

  constructor(module: binaryen.Module, fn: binaryen.FunctionRef, options: Options) {
    this.#module = module;
    this.#fn = fn;
    this.#options = options;
    this.#counted = new Counted(module, this.#known);
    this.#written = settersIn(bodyOf(fn));
    this.#groups = options.expected.map((expectation) => ({
      expectation,
      local: addLocal(fn, binaryen.i32),
      answers: [],
      conclusions: new Map(),
    }));
  }

  /** Goes through an expression in order of evaluation. */
  visit(place: Place): Value {
    const expression = place.get();
    switch (kindOf(expression)) {
      case 'If':
        return this.#visitIf(expression);
      case 'Loop':
        return this.#visitLoop(expression);
      case 'Block':
        return this.#visitBlock(expression);
      case 'Call':
        return this.#visitCall(place, expression);
      case 'Break':
        return this.#visitBreak(expression);
      case 'Return':
      case 'Switch':
        throw new Error('the loop over a burst is left in a way that is not followed');
    }
    const [first = unknown(), second = unknown()] = operandsOf(expression).map((each) => this.visit(each));
    return this.#valueOf(place, first, second);
  }

  /** What is done before the first packet, and behind the last one. */
  finish(): { readonly before: Expression[]; readonly after: readonly Expression[] } {
    return {
      before: this.#groups.flatMap((group) => this.#asked(group)),
      after: [
        ...this.#counted.leaveOut(() => this.#packets()),
        ...this.#groups.flatMap((group) => this.#addedUp(group)),
      ],
    };
  }

  /** How many packets go through the loop, by its function's arguments. */
  #packets(): Expression {
    const [begin, end] = [1, 2].map((index) => this.#read(index));
    return this.#module.i32.sub(end ?? 0, begin ?? 0);
  }

  #valueOf(place: Place, first: Value, second: Value): Value {
    const expression = place.get();
    const module = this.#module;
    switch (kindOf(expression)) {
      case 'GlobalGet':
        return this.#readGlobal(place, expression);
      case 'LocalGet':
        return this.#known.get(`local ${numberOf(expression, 'Index')}`);
      case 'LocalSet':
        this.#known.set(`local ${numberOf(expression, 'Index')}`, first);
        return first;
      case 'Const':
        return constant(module, expression);
      case 'Binary':
        return this.#conclude(place, combined(module, expression, first, second));
      case 'Load':
        return unknown(flagOf(expression, 'Signed') ? 64 : 8 * numberOf(expression, 'Bytes'));
      case 'Unreachable':
        this.#known.stop();
        return unknown();
      default:
        return unknown();
    }
  }

  /** Puts a local variable in the place of a result that is the same for the burst, and not a constant. */
  #conclude(place: Place, value: Value): Value {
    const group = this.#groups.find((each) => each === value.fixed?.by);
    if (!group || !value.fixed) return value;
    const { conclusions } = group;
    const known = conclusions.get(value.id) ?? {
      local: addLocal(this.#fn, binaryen.i32),
      make: value.fixed.make,
    };
    conclusions.set(value.id, known);
    place.set(this.#read(known.local));
    return value;
  }

  /**
   * What was expected at the start is what has been asked about, whatever is expected of the next burst. Other globals
   * may be constants of a file.
   */
  #readGlobal(place: Place, read: Expression): Value {
    const name = textOf(read, 'Name');
    const group = this.#groups.find(({ expectation }) => isNamed(name, `graph/${expectation.value}`));
    if (group) place.set(this.#read(group.local));
    const { mutable, init } = binaryen.getGlobalInfo(this.#module.getGlobal(name));
    return mutable || kindOf(init) !== 'Const' ? unknown() : constant(this.#module, init);
  }

  #visitIf(expression: Expression): Value {
    const [condition, one, other] = operandsOf(expression);
    if (condition) this.visit(condition);
    const visit = (way: Place | undefined) => () => {
      if (way) this.visit(way);
    };
    this.#known.either(visit(one), visit(other));
    return unknown();
  }

  /** What a loop changes is not known at its start, when it comes round. */
  #visitLoop(expression: Expression): Value {
    const places = operandsOf(expression);
    for (const place of places) walk(place, ({ get }) => this.#forgetSet(get()));
    const label = textOf(expression, 'Name');
    this.#known.block(label, () => {
      for (const place of places) this.visit(place);
    });
    return unknown();
  }

  #forgetSet(expression: Expression): void {
    if (kindOf(expression) === 'LocalSet') this.#known.forget(`local ${numberOf(expression, 'Index')}`);
    const access = accessOf(expression, this.#options.loop.record);
    if (access?.isWrite) this.#known.forget(`packet ${access.field}`);
  }

  /** What AssemblyScript inlines is a block that is left by a branch at its end, and maybe by others. */
  #visitBlock(expression: Expression): Value {
    const children = operandsOf(expression);
    const name = textOf(expression, 'Name');
    const last = children.at(-1)?.get() ?? 0;
    const endsItself = last !== 0 && kindOf(last) === 'Break' && textOf(last, 'Name') === name;
    const isLeftEarly = branchesTo(expression, name) > (endsItself ? 1 : 0);
    let value = unknown();
    this.#known.block(name, () => {
      for (const child of children.slice(0, -1)) this.visit(child);
      const end = children.at(-1);
      const result = endsItself ? operandsOf(last)[0] : end;
      if (result) value = this.visit(result);
    });
    return isLeftEarly ? unknown() : value;
  }

  #visitBreak(expression: Expression): Value {
    for (const operand of operandsOf(expression)) this.visit(operand);
    this.#known.leave(textOf(expression, 'Name'));
    if (numberOf(expression, 'Condition') === 0) this.#known.stop();
    return unknown();
  }

  #visitCall(place: Place, call: Expression): Value {
    const operands = operandsOf(call);
    const [first = unknown(), second = unknown()] = operands.map((operand) => this.visit(operand));
    const target = textOf(call, 'Target');
    const [owner = '', accessor = ''] = target.split('#');
    const met = this.#groups.find(({ expectation }) => isNamed(target, `graph/${expectation.met}`));
    if (met) return this.#meet(place, met);
    if (isNamed(target, this.#options.loop.begin)) return this.#begin();
    if (isNamed(target, this.#options.loop.end) || isNamed(target, this.#options.loop.leave))
      return this.#end(place, call);
    if (isNamed(owner, this.#options.loop.record))
      return this.#visitPacket(place, { target, accessor, written: second });
    if (accessor) return this.#visitField(place, call, first);
    if (!this.#options.marked.remembered.has(target)) return unknown();
    return operands.length > 0 ? this.#remember(place, target, first) : this.#rememberOne(place, target);
  }

  /** Here nothing has been written yet. */
  #begin(): Value {
    const fields = fieldsOf(this.#module, bodyOf(this.#fn), this.#options.loop.record);
    for (const { name, bytes, offset } of fields)
      if (bytes <= 4 && offset < this.#options.loop.ownFrom) this.#beginWith(name, unknown(8 * bytes));
    this.#counted.begin(bodyOf(this.#fn));
    return unknown();
  }

  #beginWith(field: string, value: Value): void {
    this.#first.set(field, value);
    this.#known.set(`packet ${field}`, value);
  }

  /** Notes what has become of the fields. */
  #end(place: Place, call: Expression): Value {
    const moved = [...this.#first.keys()].flatMap((field) => {
      const plus = this.#moveOf(field);
      return plus === undefined ? [] : [[field, plus] as const];
    });
    if (this.#known.isReached) {
      this.moved.ends.set(call, new Map(moved));
      this.#counted.ends(place, isCallOf(call, this.#options.loop.end));
    }
    this.#known.stop();
    return unknown();
  }

  /** What has been added to a field since the packet's way began, when nothing else has been done with it. */
  #moveOf(field: string): number | undefined {
    const first = this.#first.get(field);
    const value = this.#known.get(`packet ${field}`);
    if (!first || value.id === first.id) return first && 0;
    return value.sum?.of.id === first.id && value.sum.bits >= first.bits ? value.sum.plus : undefined;
  }

  /** From here on the packet's field is known. */
  #meet(place: Place, group: Group): Value {
    const { expectation, local } = group;
    const make = () => this.#module.local.get(local, binaryen.i32);
    const value = { id: `expected ${local}`, bits: 16, fixed: { by: group, make } };
    if (this.#moveOf(expectation.field) === 0) this.#beginWith(expectation.field, value);
    else this.#known.set(`packet ${expectation.field}`, value);
    place.set(this.#module.nop());
    return unknown();
  }

  /** A packet's field has the value that was written last. */
  #visitPacket(
    place: Place,
    {
      target,
      accessor,
      written,
    }: { readonly target: string; readonly accessor: string; readonly written: Value },
  ): Value {
    const [kind, field] = accessor.split(':');
    const variable = `packet ${field}`;
    const bits = fieldSize(this.#module, target.replace('#set:', '#get:'))?.bits ?? 0;
    if (kind !== 'set') {
      if (this.#known.isReached) this.moved.reads.set(place.get(), this.#moveOf(field ?? ''));
      return this.#conclude(place, this.#known.get(variable, bits));
    }
    this.#known.set(variable, cut(this.#module, written, bits));
    return unknown();
  }

  /** Puts a remembered answer in a call's place, if what is asked about is expected or follows from it. */
  #remember(place: Place, target: string, { id, fixed }: Value): Value {
    if (!fixed) return unknown();
    const group = fixed.by ? this.#groups.find((each) => each === fixed.by) : this.#groups[0];
    if (!group) return unknown();
    return this.#answer(place, group, { target, questionId: id, question: fixed.make });
  }

  /** The same where nothing is asked about. */
  #rememberOne(place: Place, target: string): Value {
    const [group] = this.#groups;
    return group ? this.#answer(place, group, { target, questionId: '', question: undefined }) : unknown();
  }

  #answer(place: Place, group: Group, asked: Pick<Answer, 'target' | 'questionId' | 'question'>): Value {
    const { target, questionId } = asked;
    const known = group.answers.find((each) => each.target === target && each.questionId === questionId);
    const answer = known ?? this.#newAnswer(group, asked);
    place.set(this.#read(answer.local));
    return answer.value;
  }

  #newAnswer(group: Group, asked: Pick<Answer, 'target' | 'questionId' | 'question'>): Answer {
    const local = addLocal(this.#fn, binaryen.i32);
    const answer: Answer = {
      ...asked,
      local,
      value: { id: `answer ${local}`, bits: 32, fixed: { by: group, make: () => this.#read(local) } },
      isSummed: this.#options.marked.summed.has(asked.target),
      fields: new Map(),
    };
    group.answers.push(answer);
    return answer;
  }

  /** Reads or adds to a field of a remembered record in its local variable; of other records it tells the size. */
  #visitField(place: Place, call: Expression, record: Value): Value {
    const getter = textOf(call, 'Target').replace('#set:', '#get:');
    const size = fieldSize(this.#module, getter);
    if (size === undefined) return unknown();
    const group = this.#groups.find((each) => each === record.fixed?.by);
    const answer = group?.answers.find(({ value }) => value.id === record.id);
    const isWritten = this.#written.has(getter.replace('#get:', '#set:'));
    if (!group || !answer || (isWritten && !answer.isSummed)) return unknown(size.bits);
    const field = this.#fieldOf(answer, getter, size.type);
    const sum = operandsOf(call)[1];
    field.reads += sum ? -1 : 1;
    if (sum && answer.isSummed) this.#counted.passes(call, { place, local: field.local, sum: sum.get() });
    place.set(sum ? this.#addTo(field, sum.get()) : this.#module.local.get(field.local, field.type));
    if (answer.isSummed || field.type !== binaryen.i32) return unknown(size.bits);
    const fixed = { by: group, make: () => this.#read(field.local) };
    return { id: `field ${field.local}`, bits: size.bits, fixed };
  }

  #fieldOf({ fields }: Answer, getter: string, type: binaryen.Type): RememberedField {
    const setter = getter.replace('#get:', '#set:');
    const field = fields.get(getter) ?? { getter, setter, type, local: addLocal(this.#fn, type), reads: 0 };
    fields.set(getter, field);
    return field;
  }

  #addTo({ setter, local }: RememberedField, sum: Expression): Expression {
    const [left] = kindOf(sum) === 'Binary' ? operandsOf(sum) : [];
    const isOfField = left && kindOf(left.get()) === 'LocalGet' && numberOf(left.get(), 'Index') === local;
    if (!isOfField) throw new Error(`${setter}: a summed field can only be added to on a common path`);
    return this.#module.local.set(local, sum);
  }

  /** Asks all that is remembered of what a stage expects. */
  #asked({ expectation, local: expected, answers, conclusions }: Group): readonly Expression[] {
    const module = this.#module;
    const value = module.global.get(globalNamed(module, expectation.value), binaryen.i32);
    const asked = answers.flatMap(({ target, question, local, isSummed, fields }) => [
      module.local.set(local, module.call(target, question ? [question()] : [], binaryen.i32)),
      ...[...fields.values()].map(({ getter, type, local: field }) => {
        const first = isSummed ? zero(module, type) : module.call(getter, [this.#read(local)], type);
        return module.local.set(field, first);
      }),
    ]);
    const concluded = [...conclusions.values()].map(({ local, make }) => module.local.set(local, make()));
    return [module.local.set(expected, value), ...asked, ...concluded];
  }

  /** Adds to the records what was summed. */
  #addedUp({ answers }: Group): readonly Expression[] {
    const module = this.#module;
    return answers
      .filter(({ isSummed }) => isSummed)
      .flatMap(({ local: record, fields }) =>
        [...fields.values()].map(({ getter, setter, type, local, reads }) => {
          if (reads !== 0) throw new Error(`${getter}: a summed field can only be added to on a common path`);
          const sum = () => module.local.get(local, type);
          const before = module.call(getter, [this.#read(record)], type);
          const write = module.call(setter, [this.#read(record), add(module, before, sum())], binaryen.none);
          return module.if(isSome(module, sum(), type), write);
        }),
      );
  }

  #read(local: number): Expression {
    return this.#module.local.get(local, binaryen.i32);
  }
}

/** The type of a field and how many bits it has, by the function that reads it and does nothing else. */
function fieldSize(
  module: binaryen.Module,
  getter: string,
): { readonly type: binaryen.Type; readonly bits: number } | undefined {
  const fn = module.getFunction(getter);
  if (fn === 0) return undefined;
  const body = bodyOf(fn).get();
  if (body === 0 || kindOf(body) !== 'Load') return undefined;
  const type = binaryen.getExpressionType(body);
  return { type, bits: flagOf(body, 'Signed') ? 64 : 8 * numberOf(body, 'Bytes') };
}

function settersIn(body: Place): ReadonlySet<string> {
  const found = new Set<string>();
  walk(body, ({ get }) => {
    const target = kindOf(get()) === 'Call' ? textOf(get(), 'Target') : '';
    if (target.includes('#set:')) found.add(target);
  });
  return found;
}

function branchesTo(expression: Expression, block: string): number {
  let count = 0;
  for (const operand of operandsOf(expression))
    walk(operand, ({ get }) => {
      if (kindOf(get()) === 'Break' && textOf(get(), 'Name') === block) count++;
    });
  return count;
}

function isCallOf(expression: Expression, target: string): boolean {
  return kindOf(expression) === 'Call' && isNamed(textOf(expression, 'Target'), target);
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
