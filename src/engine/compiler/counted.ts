import binaryen from 'binaryen';
import { type Knowledge, unknown, type Value } from './known-values.ts';
import { type Expression, kindOf, operandsOf, type Place, textOf, walk } from './wasm-tree.ts';

// A counter of packets is one more for nearly every packet of a burst: `stats.rxPackets++`. Where packets that go the most
// common way to its end pass such a line, the line is left out: behind the loop all packets are added at once, and who
// leaves before the line takes one off.

/** Where the loop adds a constant to a local variable that is zero at first. */
interface Line {
  readonly call: Expression;
  readonly place: Place;
  readonly local: number;
  readonly type: binaryen.Type;
  readonly by: Expression;
}

/** Where a packet's way is over, and which lines it has passed there; what is in neither may have been passed or not. */
interface End {
  readonly place: Place;
  readonly isLast: boolean;
  readonly passed: ReadonlyMap<Expression, Value>;
}

const no: Value = unknown();
const yes: Value = unknown();

/** The lines of a loop that count packets. */
export class Counted {
  readonly #module: binaryen.Module;
  readonly #known: Knowledge;
  readonly #calls: Expression[] = [];
  readonly #lines: Line[] = [];
  readonly #ends: End[] = [];

  constructor(module: binaryen.Module, known: Knowledge) {
    this.#module = module;
    this.#known = known;
  }

  /** Where a packet's way begins it has passed none of the calls that write fields. */
  begin(body: Place): void {
    walk(body, ({ get }) => {
      if (kindOf(get()) === 'Call' && textOf(get(), 'Target').includes('#set:')) this.#calls.push(get());
    });
    for (const call of this.#calls) this.#known.set(`passed ${call}`, no);
  }

  /** A call has become the assignment of a sum to a local variable. */
  passes(call: Expression, { place, local, sum }: { place: Place; local: number; sum: Expression }): void {
    const by = operandsOf(sum)[1]?.get() ?? 0;
    if (by === 0 || kindOf(by) !== 'Const') return;
    this.#lines.push({ call, place, local, type: binaryen.getExpressionType(by), by });
    this.#known.set(`passed ${call}`, yes);
  }

  /** A packet's way is over: it has come to the last stage's end, or leaves. */
  ends(place: Place, isLast: boolean): void {
    const passed = new Map(this.#calls.map((call) => [call, this.#known.get(`passed ${call}`)]));
    this.#ends.push({ place, isLast, passed });
  }

  /** Leaves lines out; gives what is to be done behind the loop, through which so many packets have gone. */
  leaveOut(packets: () => Expression): Expression[] {
    const common = this.#ends.find(({ isLast }) => isLast);
    const certain = this.#lines.filter(
      ({ call }) =>
        common?.passed.get(call) === yes &&
        this.#ends.every(({ passed }) => passed.get(call) === yes || passed.get(call) === no),
    );
    return certain.map((line) => {
      line.place.set(this.#module.nop());
      for (const { place, passed } of this.#ends)
        if (passed.get(line.call) === no)
          place.set(this.#module.block(null, [this.#grow(line, this.#less(line)), place.get()]));
      return this.#grow(line, this.#times(line, packets()));
    });
  }

  #grow({ local, type }: Line, more: Expression): Expression {
    const { i32, i64 } = this.#module;
    const sum = this.#module.local.get(local, type);
    return this.#module.local.set(local, type === binaryen.i64 ? i64.add(sum, more) : i32.add(sum, more));
  }

  #less({ type, by }: Line): Expression {
    const { i32, i64 } = this.#module;
    const copy = this.#module.copyExpression(by);
    return type === binaryen.i64 ? i64.sub(i64.const(0n), copy) : i32.sub(i32.const(0), copy);
  }

  #times({ type, by }: Line, packets: Expression): Expression {
    const { i32, i64 } = this.#module;
    const copy = this.#module.copyExpression(by);
    return type === binaryen.i64 ? i64.mul(i64.extend_u(packets), copy) : i32.mul(packets, copy);
  }
}
