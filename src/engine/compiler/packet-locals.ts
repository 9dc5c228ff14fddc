import binaryen from 'binaryen';
import type { Moved } from './moved.ts';
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
  /** Inlined there: what takes packets along until one leaves; in that, what takes one along; and its way in that. */
  readonly some: string;
  readonly one: string;
  readonly along: string;
  /** Called with a packet where its way begins and where it stands in the burst, where it ends, and where it goes another way. */
  readonly begin: string;
  readonly end: string;
  readonly leave: string;
  /** To be called with the place of a packet that leaves. */
  readonly stopAt: string;
  /** Asks about a record whether packets for it are gathered together; and called with it, or null, to gather them. */
  readonly isTogether: string;
  readonly gatherTogether: string;
  /** Called for a packet that has left. */
  readonly letGo: string;
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
export function keepPacketInLocals(module: binaryen.Module, loop: PacketLoop, moved: Moved): void {
  const fn = functionNamed(module, loop.loop);
  const body = bodyOf(fn);
  readOnce(module, fn, body, loop.attach);
  const fields = fieldsOf(module, body, loop.record)
    .filter(({ offset, isWritten }) => isWritten || offset >= loop.ownFrom)
    .map((field) => {
      const isWhole = isKept(field.name, loop.record, moved);
      const isNeeded =
        field.isRead && (isWhole || isReadIn(body, field.name, { record: loop.record, moved }));
      return {
        ...field,
        local: addLocal(fn, field.type),
        first: addLocal(fn, field.type),
        isKept: isWhole,
        isNeeded,
      };
    });
  const some = inlined(body, loop.some);
  const one = inlined(body, loop.one);
  const along = inlined(one, loop.along);
  const [together = '', apart = '', left = ''] = [one, along, some].map(({ get }) => textOf(get(), 'Name'));
  const options = { module, loop, fields, labels: { together, apart, left }, moved };
  const rewriting = new Rewriting({ ...options, ...packetOf(along, loop.begin) });
  walk(one, (place) => rewriting.visit(place));
  binaryen.setPassArgument('no-inline', `*${loop.letGo}`);
  module.runPasses(['no-inline']);
}

/** Tells whether it is unknown somewhere what a field is: else nobody reads what is written to it. */
function isKept(field: string, record: string, moved: Moved): boolean {
  if ([...moved.ends.values()].some((fields) => !fields.has(field))) return true;
  return [...moved.reads].some(
    ([call, plus]) => plus === undefined && accessOf(call, record)?.field === field,
  );
}

/** Tells whether a field is read along the way by anything but what moves it on. */
function isReadIn(place: Place, field: string, { record, moved }: { record: string; moved: Moved }): boolean {
  const access = accessOf(place.get(), record);
  if (access?.field === field) return access.isWrite ? false : moved.reads.has(place.get());
  return operandsOf(place.get()).some((operand) => isReadIn(operand, field, { record, moved }));
}

/** The block that AssemblyScript makes of a function that it inlines. */
function inlined(body: Place, name: string): Place {
  let found: Place | undefined;
  walk(body, (place) => {
    if (kindOf(place.get()) !== 'Block') return;
    const [owner = ''] = textOf(place.get(), 'Name').split('|inlined');
    if (isNamed(owner, name)) found = place;
  });
  if (!found) throw new Error(`${name} is not inlined into the loop over a burst`);
  return found;
}

interface KeptField extends Field {
  /** The local variables that stand for it, and for what it was when the packet's way began. */
  readonly local: number;
  readonly first: number;
  /** Whether it matters what it was: what is only moved on is read where the way ends. */
  readonly isNeeded: boolean;
  /** Whether what is written to it is to be kept. */
  readonly isKept: boolean;
}

/** The local variables that hold the packet and its place where its way begins. */
function packetOf(body: Place, begin: string): Pick<RewritingOptions, 'packet' | 'slot'> {
  let found: Pick<RewritingOptions, 'packet' | 'slot'> | undefined;
  walk(body, ({ get }) => {
    if (kindOf(get()) !== 'Call' || !isNamed(textOf(get(), 'Target'), begin)) return;
    const [packet = 0, slot = 0] = operandsOf(get()).map((operand) => numberOf(operand.get(), 'Index'));
    found = { packet, slot };
  });
  if (found === undefined) throw new Error(`the loop over a burst does not call ${begin}`);
  return found;
}

interface RewritingOptions {
  readonly module: binaryen.Module;
  readonly loop: PacketLoop;
  /** The local variables with the packet's address and of its place in the burst. */
  readonly packet: number;
  readonly slot: number;
  readonly fields: readonly KeptField[];
  /** The blocks to leave when a packet's way has ended, together with others or not, and when it has left. */
  readonly labels: { readonly together: string; readonly apart: string; readonly left: string };
  readonly moved: Moved;
}

/** Puts local variables in place of the packet's fields, expression by expression in order of evaluation. */
class Rewriting {
  readonly #options: RewritingOptions;
  constructor(options: RewritingOptions) {
    this.#options = options;
  }

  visit(place: Place): void {
    const kind = kindOf(place.get());
    if (kind === 'Call' || kind === 'CallIndirect') this.#visitCall(place, place.get());
  }

  #visitCall(place: Place, call: Expression): void {
    const { module, loop, fields, labels, moved } = this.#options;
    const target = kindOf(call) === 'Call' ? textOf(call, 'Target') : 'a function of a table';
    const access = accessOf(call, loop.record);
    if (isNamed(target, loop.begin)) {
      place.set(module.block(null, this.#begin()));
    } else if (isNamed(target, loop.end)) {
      const others = fields.filter(({ offset }) => offset < loop.ownFrom);
      const label = moved.together.has(call) ? labels.together : labels.apart;
      place.set(module.block(null, [...this.#store(call, others), module.br(label)]));
    } else if (isNamed(target, loop.leave)) {
      place.set(module.block(null, [...this.#store(call, fields), this.#stop(), module.br(labels.left)]));
    } else if (access) {
      place.set(this.#inLocal(call, access));
    } else if (!isHarmless(module, target, loop.record)) {
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
    if (access.isWrite) return field.isKept ? module.local.set(field.local, value) : module.nop();
    const plus = this.#options.moved.reads.get(call);
    return plus === undefined
      ? this.#read(field)
      : this.#plus(module.local.get(field.first, field.type), plus);
  }

  #begin(): Expression[] {
    const { module, loop, fields } = this.#options;
    return fields.flatMap((field) => {
      const { local, first, type } = field;
      if (loop.received && field.offset >= loop.ownFrom) return module.local.set(local, zero(module, type));
      if (!field.isNeeded) return [];
      const read = module.local.set(first, this.#load(field));
      return [read, module.local.set(local, module.local.get(first, type))];
    });
  }

  /** Writes the fields that are different from what lies in memory. */
  #store(end: Expression, fields: readonly KeptField[]): Expression[] {
    const { module, moved } = this.#options;
    const moves = moved.ends.get(end);
    if (!moves) return []; // nobody gets here
    return fields.flatMap((field) => {
      const plus = moves?.get(field.name);
      if (!field.isWritten || plus === 0) return [];
      const value = plus === undefined ? this.#read(field) : this.#plus(this.#load(field), plus);
      return module.call(field.setter, [this.#packet(), value], binaryen.none);
    });
  }

  /** Notes the place of a packet that leaves. */
  #stop(): Expression {
    const { module, loop, slot } = this.#options;
    const { name } = binaryen.getFunctionInfo(functionNamed(module, loop.stopAt));
    return module.call(name, [module.local.get(slot, binaryen.i32)], binaryen.none);
  }

  #read({ local, type }: KeptField): Expression {
    return this.#options.module.local.get(local, type);
  }

  #load({ getter, type }: KeptField): Expression {
    return this.#options.module.call(getter, [this.#packet()], type);
  }

  #plus(value: Expression, plus: number): Expression {
    const { i32 } = this.#options.module;
    return plus === 0 ? value : i32.add(value, i32.const(plus));
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

function zero(module: binaryen.Module, type: binaryen.Type): Expression {
  return type === binaryen.i64 ? module.i64.const(0n) : module.i32.const(0);
}
