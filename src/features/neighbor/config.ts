import { ApiError } from '../../engine/api-error.ts';
import { MAX_NEXT_HOPS } from './layout.ts';

/** How neighbours are asked for and kept. */
export interface NeighborConfig {
  /** The largest number of next hops. */
  readonly max: number;
  /** Seconds until a silent reachable neighbour becomes stale. */
  readonly lifetime: number;
  /** Seconds until a failed neighbour is forgotten. */
  readonly unreachable: number;
  /** Packets held for one unresolved neighbour. */
  readonly heldPackets: number;
  /** Questions sent to a neighbour's own MAC address, then to the whole link. */
  readonly ucastProbes: number;
  readonly bcastProbes: number;
}

export const defaultConfig: NeighborConfig = {
  max: 131072,
  lifetime: 1200,
  unreachable: 60,
  heldPackets: 256,
  ucastProbes: 3,
  bcastProbes: 3,
};

/** Changes what is given, all or nothing. @throws ApiError EINVAL */
export function changeConfig(now: NeighborConfig, changes: Partial<NeighborConfig>): NeighborConfig {
  for (const { field, word, least, most } of limits) {
    const value = changes[field];
    if (value === undefined || (Number.isInteger(value) && value >= least && value <= most)) continue;
    throw invalid(`${word} from ${least} to ${most}`, String(value));
  }
  const after = { ...now, ...changes };
  if (after.ucastProbes + after.bcastProbes > 0) return after;
  throw invalid('at least one probe, ucast-probes or bcast-probes', 'none');
}

const limits: readonly {
  readonly field: keyof NeighborConfig;
  readonly word: string;
  readonly least: number;
  readonly most: number;
}[] = [
  { field: 'max', word: 'max', least: 1, most: MAX_NEXT_HOPS - 1 },
  { field: 'lifetime', word: 'lifetime', least: 1, most: 0xffffffff },
  { field: 'unreachable', word: 'unreachable', least: 1, most: 0xffffffff },
  { field: 'heldPackets', word: 'held-packets', least: 0, most: 4096 },
  { field: 'ucastProbes', word: 'ucast-probes', least: 0, most: 255 },
  { field: 'bcastProbes', word: 'bcast-probes', least: 0, most: 255 },
];

function invalid(expected: string, received: string): ApiError {
  return new ApiError('EINVAL', { doing: 'configure next hops', expected, received });
}
