import type binaryen from 'binaryen';
import { type Knowledge, unknown, type Value } from './known-values.ts';
import type { PacketLoop } from './packet-locals.ts';
import { type Expression, isCallOf, operandsOf, type Place, walk } from './wasm-tree.ts';

// Nearly all packets of a burst leave by the same port, and stand behind each other in the burst already. So the stage that
// gathers packets for a port (`isTogether` of datapath/transmit.ts) leaves those alone that have what it expects, and a
// whole stretch of the burst is gathered at once where a packet leaves, or at the burst's end.

const never = unknown();
const apart = unknown();
const together = unknown();
const variable = 'how the packet is gathered';

/** Which packets are gathered together. */
export class Together {
  /** The calls that end the ways of such packets. */
  readonly ends = new Set<Expression>();
  readonly #module: binaryen.Module;
  readonly #known: Knowledge;
  #record: Value | undefined;

  constructor(module: binaryen.Module, known: Knowledge) {
    this.#module = module;
    this.#known = known;
  }

  /** A packet's way begins: it is not gathered yet. */
  begin(): void {
    this.#known.set(variable, never);
  }

  /** Answers whether packets for a record are gathered together: for one that the burst has in common. */
  answer(place: Place, record: Value): void {
    const isCommon = record.fixed?.by !== undefined;
    if (isCommon && this.#record && this.#record.id !== record.id)
      throw new Error('packets of a common path are gathered together for one port only');
    if (isCommon) this.#record = record;
    this.#known.set(variable, isCommon ? together : apart);
    place.set(this.#module.i32.const(isCommon ? 1 : 0));
  }

  /** A packet's way ends. @throws Error where it is not known how it is gathered */
  end(call: Expression): void {
    const how = this.#known.get(variable);
    if (how === together) this.ends.add(call);
    else if (how !== apart && how !== never) throw new Error('a packet may be gathered together or not');
  }

  /** Tells whoever gathers a stretch of the burst for which record. */
  finish(body: Place, { gatherTogether }: PacketLoop): void {
    const { fixed } = this.#record ?? {};
    walk(body, ({ get }) => {
      if (fixed && isCallOf(get(), gatherTogether)) operandsOf(get())[0]?.set(fixed.make());
    });
  }
}
