import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { CONTROL_ARENA, MAX_WORKERS, WORKER_AREAS } from '../../engine/layout.ts';
import { Bench } from '../../engine/testing/bench.ts';
import { addressFromBytes, addressToBytes, type Family, type IpAddress } from '../../net/address.ts';
import { contains, formatPrefix, networkOf, type Prefix } from '../../net/prefix.ts';
import { packetPath } from '../../programs/vrouter/packet-path.ts';

const bench = await Bench.open(packetPath, fileURLToPath(new URL('../../../build', import.meta.url)));
const memory = new Uint8Array(bench.memory.buffer);
const scratch = 4096;

interface Fib {
  newFib(): number;
  retireFib(root: number): void;
  setPrefix(root: number, address: number, length: number, nextHop: number): number;
  clearPrefix(root: number, address: number, length: number, coverLength: number, coverNextHop: number): void;
  lookup4(root: number, address: number): number;
  lookup6(root: number, address: number): number;
  reclaim(): number;
  newEpoch(): number;
}

const fib = bench.tables<Fib>([
  'newFib',
  'retireFib',
  'setPrefix',
  'clearPrefix',
  'lookup4',
  'lookup6',
  'reclaim',
  'newEpoch',
]);

// No worker runs: none holds a block back.
for (let worker = 0; worker < MAX_WORKERS; worker++) {
  bench.view.setUint32(WORKER_AREAS + worker * bench.region('WORKER_STRIDE'), 0xffffffff, true);
}

/** The longest prefix, found by looking at all of them: what the table must agree with. */
class NaiveTable {
  readonly #routes = new Map<string, { readonly prefix: Prefix; readonly nextHop: number }>();

  set(prefix: Prefix, nextHop: number): void {
    this.#routes.set(formatPrefix(prefix), { prefix, nextHop });
  }

  remove(prefix: Prefix): void {
    this.#routes.delete(formatPrefix(prefix));
  }

  has(prefix: Prefix): boolean {
    return this.#routes.has(formatPrefix(prefix));
  }

  prefixes(): readonly Prefix[] {
    return [...this.#routes.values()].map(({ prefix }) => prefix);
  }

  /** The longest route for an address, of those shorter than `below`. */
  find(address: IpAddress, below = 129): { readonly length: number; readonly nextHop: number } {
    let best = { length: 0, nextHop: 0 };
    for (const { prefix, nextHop } of this.#routes.values()) {
      if (prefix.length >= below || prefix.length < best.length || !contains(prefix, address)) continue;
      best = { length: prefix.length, nextHop };
    }
    return best;
  }
}

for (const family of ['ipv4', 'ipv6'] as const) {
  describe(`the ${family} forwarding table`, () => {
    it('agrees with a search through all routes, whatever was added, replaced and removed', () => {
      fc.assert(
        fc.property(fc.array(change(family), { maxLength: 60 }), (changes) => {
          const root = fib.newFib();
          const naive = new NaiveTable();
          for (const { prefix, nextHop } of changes) {
            apply(root, naive, prefix, nextHop);
            agree(root, naive, edges(prefix));
          }
          for (const prefix of naive.prefixes()) agree(root, naive, edges(prefix));
          fib.retireFib(root);
          settle();
        }),
        { numRuns: 150 },
      );
    });

    it('is as empty as at the start when all routes are gone, and gives all its memory back', () => {
      const before = arenaUsed();
      fc.assert(
        fc.property(fc.array(change(family), { maxLength: 40 }), (changes) => {
          const root = fib.newFib();
          const naive = new NaiveTable();
          for (const { prefix, nextHop } of changes) apply(root, naive, prefix, nextHop || 1);
          for (const prefix of naive.prefixes()) apply(root, naive, prefix, 0);
          const words = new Uint32Array(bench.memory.buffer, root, 65536);
          assert.ok(
            words.every((word) => word === 0),
            'entries are left',
          );
          fib.retireFib(root);
          settle();
        }),
        { numRuns: 50 },
      );
      assert.ok(arenaUsed() - before < 2 ** 20, `${arenaUsed() - before} bytes of the arena are lost`);
    });
  });
}

function change(family: Family): fc.Arbitrary<{ readonly prefix: Prefix; readonly nextHop: number }> {
  const bytes = family === 'ipv4' ? 4 : 16;
  // Few different bytes, so that prefixes lie inside each other and share blocks.
  const byte = fc.constantFrom(0, 1, 2, 0x80, 0xff);
  const address = fc.array(byte, { minLength: bytes, maxLength: bytes });
  const length = fc.oneof(
    fc.integer({ min: 0, max: bytes * 8 }),
    fc.constantFrom(0, 1, 8, 15, 16, 17, 23, 24, 25, bytes * 8),
  );
  return fc.record({
    prefix: fc
      .record({ address, length })
      .map(({ address, length }) =>
        networkOf({ address: addressFromBytes(Uint8Array.from(address)), length }),
      ),
    nextHop: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 0x7fffff })),
  });
}

/** Sets a route, or removes it for next hop zero, in both tables. */
function apply(root: number, naive: NaiveTable, prefix: Prefix, nextHop: number): void {
  memory.set(addressToBytes(prefix.address), scratch);
  if (nextHop) {
    naive.set(prefix, nextHop);
    assert.equal(fib.setPrefix(root, scratch, prefix.length, nextHop), 1);
  } else if (naive.has(prefix)) {
    naive.remove(prefix);
    const cover = naive.find(prefix.address, prefix.length);
    fib.clearPrefix(root, scratch, prefix.length, cover.length, cover.nextHop);
  }
}

/** Both ends of a prefix and their neighbours outside. */
function edges({ address, length }: Prefix): readonly IpAddress[] {
  const bits = address.family === 'ipv4' ? 32n : 128n;
  const most = (1n << bits) - 1n;
  const last = address.value | ((1n << (bits - BigInt(length))) - 1n);
  const values = [address.value, last, address.value - 1n, last + 1n];
  return values.map((value): IpAddress => ({ family: address.family, value: value & most }));
}

function agree(root: number, naive: NaiveTable, addresses: readonly IpAddress[]): void {
  for (const address of addresses) assert.equal(lookup(root, address), naive.find(address).nextHop);
}

function lookup(root: number, address: IpAddress): number {
  memory.set(addressToBytes(address), scratch + 16);
  if (address.family === 'ipv4') return fib.lookup4(root, scratch + 16);
  return fib.lookup6(root, scratch + 16);
}

/** Lets retired blocks come back. */
function settle(): void {
  fib.newEpoch();
  fib.reclaim();
}

function arenaUsed(): number {
  return bench.view.getUint32(CONTROL_ARENA, true);
}
