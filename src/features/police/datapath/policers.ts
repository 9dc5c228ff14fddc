import { POLICE_BINDINGS } from '../../../engine/datapath/regions';
import { Policer, policerAt } from './policer';

// The control thread's side of rate limits.

/** Sets what a rate limit lets pass; its buckets are full then, as they say in times of the rates before how full they are. */
export function setPolicerRates(
  index: u32,
  committedCost: u64,
  committedDepth: u64,
  excessCost: u64,
  excessDepth: u64,
): void {
  const policer = policerAt(index);
  policer.committedCost = committedCost;
  policer.committedDepth = committedDepth;
  policer.excessCost = excessCost;
  policer.excessDepth = excessDepth;
  const buckets = changetype<usize>(policer);
  atomic.store<u64>(buckets + offsetof<Policer>('committedFullAt'), 0);
  atomic.store<u64>(buckets + offsetof<Policer>('excessFullAt'), 0);
}

/** Sets what becomes of each colour. */
export function setPolicerActions(index: u32, green: u32, yellow: u32, red: u32): void {
  const policer = policerAt(index);
  policer.green = green;
  policer.yellow = yellow;
  policer.red = red;
}

/** Says which rate limits an interface has; zero is none. */
export function setPoliceBinding(iface: u32, into: u32, out: u32): void {
  atomic.store<u32>(POLICE_BINDINGS + ((<usize>iface) << 2), into | (out << 16));
}
