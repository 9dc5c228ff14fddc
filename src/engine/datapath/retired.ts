import { CONTROL_EPOCH, CONTROL_RETIRED, MAX_WORKERS } from '../layout';
import { returnBlock, takeBlock } from './arena';
import { workerAt } from './instance';
import { NEVER, Worker } from './worker';

// What a worker may still be reading is not reused before every worker has passed a quiet point: it is retired
// under the current epoch, and comes back once all workers have seen a later one.

/** A retired block, in the order of retirement: a list linked through small blocks of their own. */
@unmanaged
class Retired {
  next: u32;
  epoch: u32;
  block: u32;
  bytes: u32;
}

const ENTRY_BYTES: u32 = 16;

/** The list lies in memory, so that another build of the datapath finds it when it takes over. */
@unmanaged
class RetiredList {
  oldest: u32;
  newest: u32;
  count: u32;
}

/** Lets a block be reused once no worker can be reading it. Control thread only. */
export function retireBlock(block: usize, bytes: u32): void {
  const room = takeBlock(ENTRY_BYTES);
  if (!room) return; // no memory is left to remember it by: it stays taken
  const list = retiredList();
  const entry = changetype<Retired>(room);
  entry.next = 0;
  entry.epoch = load<u32>(CONTROL_EPOCH);
  entry.block = <u32>block;
  entry.bytes = bytes;
  if (list.newest) changetype<Retired>(<usize>list.newest).next = <u32>room;
  else list.oldest = <u32>room;
  list.newest = <u32>room;
  list.count++;
}

/** Frees what no worker can see any more; returns how many blocks still wait. */
export function reclaim(): u32 {
  const passed = oldestEpoch();
  const list = retiredList();
  while (list.oldest) {
    const entry = changetype<Retired>(<usize>list.oldest);
    if (<i32>(passed - entry.epoch) <= 0) break;
    list.oldest = entry.next;
    if (!list.oldest) list.newest = 0;
    returnBlock(<usize>entry.block, entry.bytes);
    returnBlock(changetype<usize>(entry), ENTRY_BYTES);
    list.count--;
  }
  return list.count;
}

/** Starts a new epoch; returns it. What was unlinked before is out of sight when `epochPassed` says so. */
export function newEpoch(): u32 {
  const epoch = load<u32>(CONTROL_EPOCH) + 1;
  atomic.store<u32>(CONTROL_EPOCH, epoch);
  return epoch;
}

/** Tells whether every running worker has begun a round since `epoch` started. */
export function epochPassed(epoch: u32): bool {
  return <i32>(oldestEpoch() - epoch) >= 0;
}

/** @inline */
function retiredList(): RetiredList {
  return changetype<RetiredList>(<usize>CONTROL_RETIRED);
}

/** The oldest epoch that a running worker may still be in. */
function oldestEpoch(): u32 {
  let oldestSeen = load<u32>(CONTROL_EPOCH);
  for (let i: u32 = 0; i < MAX_WORKERS; i++) {
    const seen = atomic.load<u32>(changetype<usize>(workerAt(i)) + offsetof<Worker>('epoch'));
    if (seen != NEVER && <i32>(seen - oldestSeen) < 0) oldestSeen = seen;
  }
  return oldestSeen;
}
