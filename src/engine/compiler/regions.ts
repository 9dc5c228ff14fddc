import { MAX_WORKERS, PACKET_BUFFERS, WORKER_AREAS, WORKER_ENGINE_BYTES } from '../layout.ts';

const ALIGNMENT = 65536;

/**
 * Gives every table its place: `<TABLE>_BYTES` in a feature's layout.ts makes a region TABLE of the shared
 * memory, `<TABLE>_WORKER_BYTES` an offset TABLE_OFFSET into every worker area.
 *
 * @returns name → address, with WORKER_STRIDE and the ARENA's bounds
 */
export function assignRegions(layouts: readonly Readonly<Record<string, unknown>>[]): Map<string, number> {
  const sizes = layouts.flatMap((layout) => Object.entries(layout)).filter(isSize);
  const regions = new Map<string, number>();
  let offset = WORKER_ENGINE_BYTES;
  for (const [name, bytes] of sizes.filter(([name]) => name.endsWith('_WORKER_BYTES'))) {
    regions.set(`${name.slice(0, -'_WORKER_BYTES'.length)}_OFFSET`, offset);
    offset += align(bytes);
  }
  regions.set('WORKER_STRIDE', offset);
  let address = WORKER_AREAS + (MAX_WORKERS + 1) * offset;
  for (const [name, bytes] of sizes.filter(([name]) => !name.endsWith('_WORKER_BYTES'))) {
    regions.set(name.slice(0, -'_BYTES'.length), address);
    address += align(bytes);
  }
  if (address > PACKET_BUFFERS)
    throw new Error(`the tables need ${address} bytes, and ${PACKET_BUFFERS} is the most`);
  regions.set('ARENA', address);
  regions.set('ARENA_END', PACKET_BUFFERS);
  return regions;
}

function isSize(entry: [string, unknown]): entry is [string, number] {
  return entry[0].endsWith('_BYTES') && typeof entry[1] === 'number';
}

function align(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}
