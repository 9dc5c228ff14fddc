import binaryen from 'binaryen';
import { type Access, accessOf, type Field, fieldsOf } from './packet-fields.ts';
import { readOnce } from './read-once.ts';
import {
  addLocal,
  bodyOf,
  type Expression,
  functionNamed,
  isNamed,
  kindOf,
  numberOf,
  operandsOf,
  type Place,
  textOf,
  walk,
} from './wasm-tree.ts';

/** The loop in which a packet's fields are to be kept in local variables, by AssemblyScript's names. */
export interface PacketLoop {
  /** The function with the loop over a burst's packets. */
  readonly loop: string;
  /** Called before the first packet's way begins. */
  readonly expect: string;
  /** Called with a packet where its way begins; with one that goes another way, further down in the same block. */
  readonly begin: string;
  readonly leave: string;
  /** Called in between with a packet at the end of its way, from where on nothing is to be done before the next one. */
  readonly end: string;
  /** The class whose fields are meant. */
  readonly record: string;
  /** First byte of the fields that are the stages' own: nobody reads them when a packet has gone. */
  readonly ownFrom: number;
  /** Whether packets come as a port has received them: nothing stands in the stages' own fields then. */
  readonly received: boolean;
  /** The function that alone sets what stays the same as long as an instance lives. */
  readonly attach: string;
}

/**
 * Keeps the fields of the packet at hand in local variables along the loop over a burst: what one stage writes for the
 * next need not reach memory, and the optimiser sees through it. WebAssembly's optimisers cannot do that by themselves:
 * they do not know which addresses are the same. The fields are loaded where a packet's way begins and stored where it
 * ends or leaves; nothing may be called in between. What it gains: docs/decisions/0013-packet-fields-in-locals.md.
 *
 * AssemblyScript reaches a field through a function of its own until it optimises: that is what is replaced here.
 *
 * @throws Error when there is no such loop, or a function is called in it that is not inlined
 */
export function keepPacketInLocals(module: binaryen.Module, loop: PacketLoop): void {
  const fn = functionNamed(module, loop.loop);
  const body = bodyOf(fn);
  readOnce(module, fn, body, loop.attach);
  const fields = fieldsOf(module, body, loop.record)
    .filter(({ offset, isWritten }) => isWritten || offset >= loop.ownFrom)
    .map((field) => ({ ...field, local: addLocal(fn, field.type) }));
  wrapWay(module, body, loop);
  const rewriting = new Rewriting({ module, loop, packet: packetOf(body, loop.begin), fields });
  walk(body, (place) => rewriting.visit(place));
  binaryen.setPassArgument('no-inline', `*${loop.leave}`);
  module.runPasses(['no-inline']);
}

/** The block that is left where a packet's way has ended. */
const FINISHED = 'finished';

/** Makes one block, which can be left, of what is between the beginning and the leaving. */
function wrapWay(module: binaryen.Module, body: Place, { begin, leave }: PacketLoop): void {
  const isCallOf = (place: Place, target: string) =>
    kindOf(place.get()) === 'Call' && isNamed(textOf(place.get(), 'Target'), target);
  let wrapped = false;
  walk(body, ({ get }) => {
    if (wrapped || kindOf(get()) !== 'Block') return;
    const places = operandsOf(get());
    const first = places.findIndex((place) => isCallOf(place, begin));
    const last = places.findIndex((place) => isCallOf(place, leave));
    if (first < 0 || last < first) return;
    const way = places.slice(first, last + 1);
    const block = module.block(
      FINISHED,
      way.map((place) => place.get()),
    );
    for (const place of way.slice(1)) place.set(module.nop());
    way[0]?.set(block);
    wrapped = true;
  });
  if (!wrapped) throw new Error(`the loop over a burst has no block with ${begin} and ${leave}`);
}

interface KeptField extends Field {
  /** The local variable that stands for it. */
  readonly local: number;
}

/** The local variable that holds the packet where its way begins. */
function packetOf(body: Place, begin: string): number {
  let found: number | undefined;
  walk(body, ({ get }) => {
    if (kindOf(get()) !== 'Call' || !isNamed(textOf(get(), 'Target'), begin)) return;
    found = numberOf(operandsOf(get())[0]?.get() ?? 0, 'Index');
  });
  if (found === undefined) throw new Error(`the loop over a burst does not call ${begin}`);
  return found;
}

interface RewritingOptions {
  readonly module: binaryen.Module;
  readonly loop: PacketLoop;
  /** The local variable with the packet's address. */
  readonly packet: number;
  readonly fields: readonly KeptField[];
}

/** Puts local variables in place of the packet's fields, expression by expression in order of evaluation. */
class Rewriting {
  readonly #options: RewritingOptions;
  #onItsWay = false;

  constructor(options: RewritingOptions) {
    this.#options = options;
  }

  visit(place: Place): void {
    const kind = kindOf(place.get());
    if (kind === 'Call' || kind === 'CallIndirect') this.#visitCall(place, place.get());
  }

  #visitCall(place: Place, call: Expression): void {
    const { module, loop, fields } = this.#options;
    const target = kindOf(call) === 'Call' ? textOf(call, 'Target') : 'a function of a table';
    const access = accessOf(call, loop.record);
    if (isNamed(target, loop.begin)) {
      this.#onItsWay = true;
      place.set(module.block(null, this.#begin()));
    } else if (isNamed(target, loop.end)) {
      const others = fields.filter(({ offset }) => offset < loop.ownFrom);
      place.set(module.block(null, [...this.#store(others), module.br(FINISHED)]));
    } else if (isNamed(target, loop.leave)) {
      this.#onItsWay = false;
      place.set(module.block(null, [...this.#store(fields), call]));
    } else if (access && this.#onItsWay) {
      place.set(this.#inLocal(call, access));
    } else if (this.#onItsWay && !isHarmless(module, target, loop.record)) {
      throw new Error(`${target} is called on a common path: it has to be inlined`);
    }
  }

  /**
   * What a call does that reads or writes a field, done with the field's local variable. A short field may hold more
   * bits there: whoever reads one takes those that count, as AssemblyScript does behind each function.
   */
  #inLocal(call: Expression, access: Access): Expression {
    const { module, fields } = this.#options;
    const field = fields.find(({ name }) => name === access.field);
    if (!field) return call;
    const value = operandsOf(call)[1]?.get() ?? 0;
    return access.isWrite ? module.local.set(field.local, value) : module.local.get(field.local, field.type);
  }

  #begin(): Expression[] {
    const { module, loop, fields } = this.#options;
    const own = fields.filter(({ offset }) => loop.received && offset >= loop.ownFrom);
    const cleared = own.map(({ local, type }) =>
      module.local.set(local, type === binaryen.i64 ? module.i64.const(0n) : module.i32.const(0)),
    );
    return [...this.#load(fields.filter((field) => !own.includes(field))), ...cleared];
  }

  #store(fields: readonly KeptField[]): Expression[] {
    const { module } = this.#options;
    const written = fields.filter(({ isWritten }) => isWritten);
    return written.map(({ setter, type, local }) =>
      module.call(setter, [this.#packet(), module.local.get(local, type)], binaryen.none),
    );
  }

  #load(fields: readonly KeptField[]): Expression[] {
    const { module } = this.#options;
    const read = fields.filter(({ isRead }) => isRead);
    return read.map(({ getter, type, local }) =>
      module.local.set(local, module.call(getter, [this.#packet()], type)),
    );
  }

  #packet(): Expression {
    return this.#options.module.local.get(this.#options.packet, binaryen.i32);
  }
}

/**
 * Tells whether a function knows nothing of packets: it reaches no field of one and stores nothing but fields of other
 * records, or it is the host's and is told nothing.
 */
function isHarmless(module: binaryen.Module, target: string, record: string): boolean {
  const [owner, accessor] = target.split('#');
  if (accessor !== undefined) return !isNamed(owner ?? '', record);
  const fn = module.getFunction(target);
  if (fn === 0) return false;
  if (bodyOf(fn).get() === 0) return binaryen.getFunctionInfo(fn).params === binaryen.none;
  let harmless = true;
  walk(bodyOf(fn), ({ get }) => {
    const kind = kindOf(get());
    if (kind === 'Store' || kind.startsWith('Atomic') || kind.startsWith('Memory')) harmless = false;
    if (kind === 'Call') harmless &&= isHarmless(module, textOf(get(), 'Target'), record);
  });
  return harmless;
}
