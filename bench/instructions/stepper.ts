import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { BenchError } from '../bench-error.ts';
import type { Forwarding } from '../peer.ts';
import { startProgram } from '../program.ts';
import { buildStepper } from '../setup/stepper.ts';
import { threadTimes } from '../thread-time.ts';
import { type Mapping, parseMappings } from './mappings.ts';

/** What the forwarding thread of a program did, instruction by instruction. */
export interface Stepped {
  readonly packets: number;
  /** How often the instruction at each address was executed. */
  readonly counts: ReadonlyMap<number, number>;
  readonly mappings: readonly Mapping[];
}

const watchMs = 200;
const patience = { timeoutMs: 300_000, everyMs: 10 };

/**
 * Steps the busiest thread of a program through so many instructions, and to the end of its round. The packets are
 * counted by the program itself while the thread stands still; `look` may look at it then, too.
 */
export async function stepThrough(
  forwarding: Forwarding,
  { steps, look = () => {} }: { readonly steps: number; readonly look?: (stepped: Stepped) => void },
): Promise<Stepped> {
  const thread = await busiestThread(forwarding.pid);
  await using stepper = startProgram({
    command: [await buildStepper(() => {}), thread, String(steps)],
  });
  await stepper.until(() => stops(stepper.stdout) === 1 || undefined, 'the first stop', patience);
  const before = await forwarding.sample();
  stepper.write('\n');
  await stepper.until(() => stops(stepper.stdout) === 2 || undefined, 'the second stop', patience);
  const after = await forwarding.sample();
  const stepped = {
    packets: after.packets - before.packets,
    counts: parseCounts(Buffer.from(stepper.bytes).toString()),
    mappings: parseMappings(readFileSync(`/proc/${forwarding.pid}/maps`, 'utf8')),
  };
  if (stepped.packets <= 0) throw new BenchError('BENCH_STEPPER', 'expected packets to be sent, none were');
  look(stepped);
  stepper.write('\n');
  await stepper.ended;
  return stepped;
}

/** Reads lines of an address and a count; others are left out. */
export function parseCounts(text: string): ReadonlyMap<number, number> {
  const lines = text.matchAll(/^([0-9a-f]+) (\d+)$/gm);
  return new Map([...lines].map(([, address, count]) => [Number.parseInt(address ?? '', 16), Number(count)]));
}

function stops(text: string): number {
  return text.match(/^stopped$/gm)?.length ?? 0;
}

async function busiestThread(pid: number): Promise<string> {
  const before = threadTimes(pid);
  await delay(watchMs);
  const used = [...threadTimes(pid)].map(
    ([thread, time]) => [thread, time - (before.get(thread) ?? 0)] as const,
  );
  const [busiest] = used.toSorted(([, left], [, right]) => right - left);
  if (busiest === undefined)
    throw new BenchError('BENCH_STEPPER', `expected process ${pid} to have a thread`);
  return busiest[0];
}
