import binaryen from 'binaryen';
import { Answers, type Group } from './answers.ts';
import { Counted } from './counted.ts';
import type { Expectation } from './expectations.ts';
import { combined, constant, Knowledge, unknown, type Value } from './known-values.ts';
import type { Moved } from './moved.ts';
import { type Access, accessOf, fieldSize, fieldsOf, settersIn } from './packet-fields.ts';
import type { PacketLoop } from './packet-locals.ts';
import { PacketValues } from './packet-values.ts';
import type { Marked } from './remember-marks.ts';
import { Together } from './together.ts';
import {
  bodyOf,
  branchesTo,
  type Expression,
  flagOf,
  functionNamed,
  isCallOf,
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
// out there, where most stages ask about flags. Where all packets that have what is expected get the same answer, it is
// asked there alone: if it is not the usual one, nothing is expected, and packets take the copy for all others.

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
  return remembering.moved(body);
}

class Remembering {
  readonly #module: binaryen.Module;
  readonly #fn: binaryen.FunctionRef;
  readonly #options: Options;
  readonly #known = new Knowledge();
  readonly #answers: Answers;
  readonly #counted: Counted;
  readonly #together: Together;
  /** The functions by which the loop writes fields. */
  readonly #written: ReadonlySet<string>;
  /** How many ways to the end of all stages, and how many out of the loop, have been visited. */
  readonly #ways = { finished: 0, left: 0 };
  readonly #packet: PacketValues;
  /** What is known of the right operands of operations. */
  readonly #added = new Map<Expression, Value>();

  constructor(module: binaryen.Module, fn: binaryen.FunctionRef, options: Options) {
    this.#module = module;
    this.#fn = fn;
    this.#options = options;
    this.#packet = new PacketValues(module, this.#known);
    this.#counted = new Counted(module, fn, this.#known);
    this.#together = new Together(module, this.#known);
    this.#written = settersIn(bodyOf(fn));
    this.#answers = new Answers(module, fn, options);
  }

  /** Goes through an expression in order of evaluation. */
  visit(place: Place): Value {
    const expression = place.get();
    switch (kindOf(expression)) {
      case 'If':
        return this.#visitIf(place, expression);
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
      before: this.#answers.asked(),
      after: [...this.#counted.leaveOut(() => this.#packets()), ...this.#answers.addedUp()],
    };
  }

  /** What is known of the packet's fields where they are read and where its way ends. */
  moved(body: Place): Moved {
    this.#together.finish(body, this.#options.loop);
    return { ...this.#packet.moved, together: this.#together.ends };
  }

  /** How many packets go through the loop, by its function's arguments. */
  #packets(): Expression {
    const [begin, end] = [0, 1].map((index) => this.#answers.read(index));
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
        this.#added.set(expression, second);
        return this.#answers.conclude(place, combined(module, expression, first, second));
      case 'Unary':
        return { id: `${numberOf(expression, 'Op')}(${first.id})`, bits: 64 };
      case 'Load':
        return unknown(flagOf(expression, 'Signed') ? 64 : 8 * numberOf(expression, 'Bytes'));
      case 'Unreachable':
        this.#known.stop();
        return unknown();
      default:
        return unknown();
    }
  }

  /**
   * What was expected at the start is what has been asked about, whatever is expected of the next burst. Other globals
   * may be constants of a file.
   */
  #readGlobal(place: Place, read: Expression): Value {
    const name = textOf(read, 'Name');
    const group = this.#answers.groups.find(({ expectation }) => isNamed(name, `graph/${expectation.value}`));
    if (group) {
      place.set(this.#answers.read(group.local));
      group.isAsked = true;
    }
    const { mutable, init } = binaryen.getGlobalInfo(this.#module.getGlobal(name));
    return mutable || kindOf(init) !== 'Const' ? unknown() : constant(this.#module, init);
  }

  #visitIf(place: Place, expression: Expression): Value {
    const [condition, one, other] = operandsOf(expression);
    if (condition) this.visit(condition);
    const visit = (way: Place | undefined) => () => {
      if (way) this.visit(way);
    };
    const { finished, left } = this.#ways;
    this.#known.either(visit(one), visit(other));
    if (!condition || !one || other) return unknown();
    const isUsual = this.#ways.finished > finished;
    const isDecided = isUsual || this.#ways.left > left;
    if (isDecided && this.#answers.require(condition.get(), isUsual))
      place.set(isUsual ? one.get() : this.#module.nop());
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
    if (access?.isWrite) this.#packet.forget(access.field);
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
    const access = accessOf(call, this.#options.loop.record);
    const met = this.#answers.groups.find(({ expectation }) => isNamed(target, `graph/${expectation.met}`));
    if (met) return this.#meet(place, met);
    if (isNamed(target, this.#options.loop.begin)) return this.#begin();
    if (isNamed(target, this.#options.loop.end) || isNamed(target, this.#options.loop.leave))
      return this.#end(place, call);
    if (access) return this.#visitPacket(place, access, second);
    if (isNamed(target, this.#options.loop.isTogether)) return this.#gather(place, first);
    if (target.includes('#')) return this.#visitField(place, call, first);
    if (!this.#options.marked.remembered.has(target)) return unknown();
    return operands.length > 0
      ? this.#answers.remember(place, target, first)
      : this.#answers.rememberOne(place, target);
  }

  /** Here nothing has been written yet. */
  #begin(): Value {
    const fields = fieldsOf(this.#module, bodyOf(this.#fn), this.#options.loop.record);
    for (const { name, bytes, offset } of fields)
      if (bytes <= 4 && offset < this.#options.loop.ownFrom) this.#packet.beginWith(name, unknown(8 * bytes));
    this.#counted.begin(bodyOf(this.#fn));
    this.#together.begin();
    return unknown();
  }

  #gather(place: Place, record: Value): Value {
    this.#together.answer(place, record);
    return constant(this.#module, place.get());
  }

  /** Notes what has become of the fields. */
  #end(place: Place, call: Expression): Value {
    if (this.#known.isReached) {
      this.#packet.end(call);
      this.#counted.ends(place, isCallOf(call, this.#options.loop.end));
      if (isCallOf(call, this.#options.loop.end)) this.#together.end(call);
    }
    if (isCallOf(call, this.#options.loop.end)) this.#ways.finished++;
    else this.#ways.left++;
    this.#known.stop();
    return unknown();
  }

  /** From here on the packet's field is known. */
  #meet(place: Place, group: Group): Value {
    const { expectation, local } = group;
    const make = () => this.#module.local.get(local, binaryen.i32);
    const value = { id: `expected ${local}`, bits: 16, fixed: { by: group, make } };
    this.#packet.meet(expectation.field, value);
    place.set(this.#module.nop());
    return unknown();
  }

  #visitPacket(place: Place, access: Access, written: Value): Value {
    if (!access.isWrite) return this.#answers.conclude(place, this.#packet.read(place.get(), access));
    this.#packet.write(access, written);
    return unknown();
  }

  /** Reads or adds to a field of a remembered record in its local variable; of other records it tells the size. */
  #visitField(place: Place, call: Expression, record: Value): Value {
    const getter = textOf(call, 'Target').replace('#set:', '#get:');
    const size = fieldSize(this.#module, getter);
    if (size === undefined) return unknown();
    const group = this.#answers.groupOf(record);
    const answer = group?.answers.find(({ value }) => value.id === record.id);
    const isWritten = this.#written.has(getter.replace('#get:', '#set:'));
    if (!group || !answer || (isWritten && !answer.isSummed)) return unknown(size.bits);
    const field = this.#answers.fieldOf(answer, getter, size.type);
    const sum = operandsOf(call)[1];
    field.reads += sum ? -1 : 1;
    if (sum && answer.isSummed) {
      const value = this.#added.get(sum.get()) ?? unknown();
      this.#counted.passes(call, { place, local: field.local, sum: sum.get(), value });
    }
    place.set(sum ? this.#answers.addTo(field, sum.get()) : this.#module.local.get(field.local, field.type));
    if (answer.isSummed || field.type !== binaryen.i32) return unknown(size.bits);
    const fixed = { by: group, make: () => this.#answers.read(field.local) };
    return { id: `field ${field.local}`, bits: size.bits, fixed };
  }
}
