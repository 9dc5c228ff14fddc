import { type Addon, addon, type FastCalls } from './dpdk-addon.ts';

// V8 lets WebAssembly call a C function directly, where that was made for it (native/fast-calls.c): some twenty
// instructions instead of eight hundred. It is not said anywhere that it always does, so it is tried.

/** What of the packet path WebAssembly can call directly; the same by Node-API where it cannot. */
export type CrossingFunctions = Pick<Addon, 'rx' | 'tx' | 'alloc' | 'free'>;

/** Gives the functions by which this thread's WebAssembly reaches C, the fast ones where they work. */
export function crossingFunctions(): CrossingFunctions {
  const { rx, tx, alloc, free, fastCalls } = addon();
  const fast = fastCalls?.();
  return fast && areReached(fast)
    ? { rx: fast.rx, tx: fast.tx, alloc: fast.alloc, free: fast.free }
    : { rx, tx, alloc, free };
}

/** Tells whether WebAssembly gets to the functions, by one that does nothing else. */
export function areReached({ plusOne }: Pick<FastCalls, 'plusOne'>): boolean {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(plusOneModule), { host: { plusOne } });
  const { run } = exports;
  return typeof run === 'function' && run(41) === 42;
}

/** (module (import "host" "plusOne" (func (param i32) (result i32))) (func (export "run") (param i32) (result i32) local.get 0 call 0)) */
const plusOneModule = Uint8Array.from([
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00], // "\0asm", version 1
  ...[0x01, 0x06, 0x01, 0x60, 0x01, 0x7f, 0x01, 0x7f], // types: (i32) → i32
  ...[0x02, 0x10, 0x01, 0x04, ...bytesOf('host'), 0x07, ...bytesOf('plusOne'), 0x00, 0x00], // imports: a function of type 0
  ...[0x03, 0x02, 0x01, 0x00], // functions: one of type 0
  ...[0x07, 0x07, 0x01, 0x03, ...bytesOf('run'), 0x00, 0x01], // exports: function 1
  ...[0x0a, 0x08, 0x01, 0x06, 0x00, 0x20, 0x00, 0x10, 0x00, 0x0b], // code: local.get 0, call 0, end
]);

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
