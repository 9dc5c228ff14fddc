import { FIB4_ROOTS, FIB6_ROOTS } from '../../../engine/datapath/regions';
import { missingBlocks, newFib, retireFib, setPrefix } from './fib';
import { Rib, RibEntry, ribOf } from './rib';
import { openNoRoutes } from './routes';

// Forwarding tables made anew from the routes as they were given, for a build that has them elsewhere.

const VRFS: u32 = 256;
const NO_VRF: u32 = 0;
const ENTRY_BYTES: u32 = 32;

/** Fills the forwarding tables of all VRFs; false when there is no memory left for them. */
export function refillRoutes(): bool {
  if (!openNoRoutes()) return false;
  for (let vrf: u32 = 0; vrf < VRFS; vrf++) {
    if (!refill(FIB4_ROOTS + (vrf << 2), ribOf(vrf, 4))) return false;
    if (!refill(FIB6_ROOTS + (vrf << 2), ribOf(vrf, 6))) return false;
  }
  return true;
}

/** Gives all forwarding tables back, which no worker reads. */
export function retireRoutes(): void {
  const empty = load<u32>(FIB4_ROOTS + (NO_VRF << 2));
  if (!empty) return;
  for (let vrf: u32 = 0; vrf < VRFS; vrf++) {
    retireRoot(FIB4_ROOTS + (vrf << 2), empty);
    retireRoot(FIB6_ROOTS + (vrf << 2), empty);
  }
  retireFib(empty);
}

function refill(place: usize, rib: Rib): bool {
  if (!rib.entries) return true;
  const root = newFib();
  if (!root) return false;
  store<u32>(place, <u32>root);
  rib.blocks = 0;
  for (let i: u32 = 0; i < rib.capacity; i++) {
    const entry = changetype<RibEntry>(<usize>rib.entries + i * ENTRY_BYTES);
    if (!entry.used) continue;
    const address = changetype<usize>(entry) + offsetof<RibEntry>('addressLow');
    rib.blocks += missingBlocks(root, address, entry.length);
    if (!setPrefix(root, address, entry.length, entry.nextHop)) return false;
  }
  return true;
}

function retireRoot(place: usize, empty: u32): void {
  const root = load<u32>(place);
  store<u32>(place, 0);
  if (root && root != empty) retireFib(root);
}
