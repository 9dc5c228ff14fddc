import binaryen from 'binaryen';
import { type Knowledge, unknown, type Value } from './known-values.ts';
import { addLocal, type Expression, kindOf, operandsOf, type Place, textOf, walk } from './wasm-tree.ts';

// A counter of packets is one more for nearly every packet of a burst: `stats.rxPackets++`. Where packets that go the most
// common way to its end pass such a line, the line is left out: behind the loop all packets are added at once, and who
// leaves before the line takes one off.
//
// What two counters grow by may be the same number, as a packet that is only forwarded has as many bytes when it leaves
// as when it came. Then the second line is left out: behind the loop it grows by all that the first one has grown by, and
// who leaves between the two takes its own off.

/** Where the loop adds something to a local variable that is zero at first: a constant, or a value. */
interface Line {
  readonly call: Expression;
  readonly place: Place;
  readonly local: number;
  readonly type: binaryen.Type;
  readonly by: Place;
  readonly value: Value;
}

/** Where a packet's way is over, and which lines it has passed there; what is in neither may have been passed or not. */
interface End {
  readonly place: Place;
  readonly isLast: boolean;
  readonly passed: ReadonlyMap<Expression, Value>;
}

/** What a local variable grows by. */
interface Growth {
  readonly place: Place;
  readonly local: number;
  readonly sum: Expression;
  readonly value: Value;
}

const no: Value = unknown();
const yes: Value = unknown();

/** The lines of a loop that count packets. */
export class Counted {
  readonly #module: binaryen.Module;
  readonly #fn: binaryen.FunctionRef;
  readonly #known: Knowledge;
  readonly #calls: Expression[] = [];
  readonly #lines: Line[] = [];
  readonly #ends: End[] = [];

  constructor(module: binaryen.Module, fn: binaryen.FunctionRef, known: Knowledge) {
    this.#module = module;
    this.#fn = fn;
    this.#known = known;
  }

  /** Where a packet's way begins it has passed none of the calls that write fields. */
  begin(body: Place): void {
    walk(body, ({ get }) => {
      if (kindOf(get()) === 'Call' && textOf(get(), 'Target').includes('#set:')) this.#calls.push(get());
    });
    for (const call of this.#calls) this.#known.set(`passed ${call}`, no);
  }

  /** A call has become the assignment of a sum to a local variable, which grows by a value. */
  passes(call: Expression, { place, local, sum, value }: Growth): void {
    const by = operandsOf(sum)[1];
    if (!by) return;
    this.#lines.push({ call, place, local, type: binaryen.getExpressionType(by.get()), by, value });
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
    const byConstants = certain.filter(isByConstant);
    const byValues = certain.filter((line) => !isByConstant(line));
    return [
      ...byConstants.flatMap((line) => [
        ...this.#leaveOut(line, (passed) => (passed.get(line.call) === no ? this.#less(line) : undefined)),
        this.#grow(line, this.#times(line, packets())),
      ]),
      ...byValues.flatMap((line) => {
        const first = byValues.find((each) => each.value.id === line.value.id);
        return first && first !== line && this.#isBehind(line, first) ? this.#repeat(line, first) : [];
      }),
    ];
  }

  /**
   * Leaves a line out; what a function says is added where a packet's way is over. Where that is no way out of the loop it
   * is added to a global, as V8 would move a local variable to its stack and back for each packet; gives what is to be
   * done behind the loop then.
   */
  #leaveOut(line: Line, correction: (passed: End['passed']) => Expression | undefined): Expression[] {
    const module = this.#module;
    line.place.set(module.nop());
    const ends = this.#ends.map((end) => ({ ...end, more: correction(end.passed) }));
    const aside = ends.some(({ isLast, more }) => isLast && more) ? this.#newGlobal(line.type) : undefined;
    for (const { place, isLast, more } of ends) {
      if (!more) continue;
      const grows =
        isLast && aside ? aside.set(this.#add(line.type, aside.get(), more)) : this.#grow(line, more);
      place.set(module.block(null, [grows, place.get()]));
    }
    return aside ? [this.#grow(line, aside.get()), aside.set(this.#zero(line.type))] : [];
  }

  #newGlobal(type: binaryen.Type): { get(): Expression; set(value: Expression): Expression } {
    const { global } = this.#module;
    const name = `counted ${this.#module.getNumGlobals()}`;
    this.#module.addGlobal(name, type, true, this.#zero(type));
    return { get: () => global.get(name, type), set: (value) => global.set(name, value) };
  }

  /** Tells whether nobody passes a line who has not passed another one. */
  #isBehind({ call }: Line, first: Line): boolean {
    return this.#ends.every(({ passed }) => passed.get(call) === no || passed.get(first.call) === yes);
  }

  /** Leaves out a line that does again what the first has done; gives what is to be done behind the loop. */
  #repeat(line: Line, first: Line): Expression[] {
    const { local, i64, i32 } = this.#module;
    const { type } = line;
    const value = addLocal(this.#fn, type);
    first.by.set(local.tee(value, first.by.get(), type));
    const { sub } = type === binaryen.i64 ? i64 : i32;
    const behind = this.#leaveOut(line, (passed) =>
      passed.get(line.call) === no && passed.get(first.call) === yes
        ? sub(this.#zero(type), local.get(value, type))
        : undefined,
    );
    return [...behind, this.#grow(line, local.get(first.local, type))];
  }

  #grow({ local, type }: Line, more: Expression): Expression {
    return this.#module.local.set(local, this.#add(type, this.#module.local.get(local, type), more));
  }

  #add(type: binaryen.Type, left: Expression, right: Expression): Expression {
    const { i32, i64 } = this.#module;
    return type === binaryen.i64 ? i64.add(left, right) : i32.add(left, right);
  }

  #zero(type: binaryen.Type): Expression {
    return type === binaryen.i64 ? this.#module.i64.const(0n) : this.#module.i32.const(0);
  }

  #less({ type, by }: Line): Expression {
    const { i32, i64 } = this.#module;
    const copy = this.#module.copyExpression(by.get());
    return type === binaryen.i64 ? i64.sub(this.#zero(type), copy) : i32.sub(this.#zero(type), copy);
  }

  #times({ type, by }: Line, packets: Expression): Expression {
    const { i32, i64 } = this.#module;
    const copy = this.#module.copyExpression(by.get());
    return type === binaryen.i64 ? i64.mul(i64.extend_u(packets), copy) : i32.mul(packets, copy);
  }
}

function isByConstant({ by }: Line): boolean {
  return kindOf(by.get()) === 'Const';
}
