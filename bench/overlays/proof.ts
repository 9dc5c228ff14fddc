import { writeFileSync } from 'node:fs';
import { BenchError, reasonOf } from '../bench-error.ts';
import { encodePcap } from '../pcap.ts';
import type { Peer } from '../peer.ts';
import { run } from '../run.ts';
import { Workspace } from '../workspace.ts';
import { FrameTap } from './frame-tap.ts';
import type { Task } from './task.ts';

/** Makes a program show that it does a task before it is measured: what it sends is looked at, frame by frame. */
export function proven(task: Task, peer: Peer): Peer {
  let proof: Promise<void> | undefined;
  return {
    ...peer,
    forward: async (job) => {
      proof ??= prove(task, peer);
      await proof;
      return await peer.forward(job);
    },
  };
}

/** Judges frames that left; throws when some carry what they should not, or something is not carried by any. */
export function judge(task: Pick<Task, 'open' | 'carried'>, left: readonly Uint8Array[]): void {
  const missing = new Set(task.carried.map(keyOf));
  const known = new Set(missing);
  const flaws: string[] = [];
  for (const frame of left) {
    const key = keyOrFlaw(task, frame, known);
    if (key.flaw !== undefined) flaws.push(`${key.flaw}: ${keyOf(frame)}`);
    else missing.delete(key.carried);
  }
  if (flaws.length > left.length * strangers) {
    throw new BenchError('BENCH_PROOF', `${flaws.length} of ${left.length} frames are wrong: ${flaws[0]}`);
  }
  if (missing.size === 0) return;
  const counts = `${missing.size} of ${known.size} are missing among ${left.length} frames`;
  throw new BenchError('BENCH_PROOF', `expected everything to be carried, ${counts}: ${[...missing][0]}`);
}

/** What part of the frames may be others: hosts in between speak for themselves now and then. */
const strangers = 0.005;

async function prove({ frames, ...task }: Task, peer: Peer): Promise<void> {
  using workspace = new Workspace();
  const pcap = workspace.file('packets.pcap');
  writeFileSync(pcap, encodePcap(frames));
  const capture = workspace.file('left.pcap');
  await run(['mkfifo', capture]);
  await using tap = new FrameTap(capture);
  const job = { workload: { routes: [], frames }, directory: workspace.path, pcap, capture };
  await using _ = await peer.forward(job);
  judge(task, await tap.take(2 * frames.length, { after: settling }));
}

/** Frames that may have left before all was configured, but are still in pipes and buffers. */
const settling = 4096;

function keyOrFlaw(
  task: Pick<Task, 'open'>,
  frame: Uint8Array,
  known: ReadonlySet<string>,
): { readonly carried: string; readonly flaw?: never } | { readonly flaw: string } {
  try {
    const carried = keyOf(task.open(frame));
    return known.has(carried) ? { carried } : { flaw: 'expected one of what arrived inside' };
  } catch (error) {
    return { flaw: reasonOf(error) };
  }
}

function keyOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
