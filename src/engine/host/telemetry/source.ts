import type { DatapathInfo } from '../../compiler/compile.ts';
import { MAX_WORKERS, WORKER_AREAS } from '../../layout.ts';
import { CONTROL_WORKER } from '../datapath.ts';

/** What telemetry reads: the shared memory, and what the datapath says of itself. */
export interface TelemetrySource {
  readonly view: DataView;
  readonly info: DatapathInfo;
}

/** Every area that may have counted something: the workers', gone ones too, and the control thread's. */
export const allAreas: readonly number[] = [...Array(MAX_WORKERS).keys(), CONTROL_WORKER];

/** Gives the address of a worker's area. */
export function areaOf({ info }: TelemetrySource, worker: number): number {
  const stride = info.regions.WORKER_STRIDE;
  if (stride === undefined) throw new Error('the datapath does not say how long a worker area is');
  return WORKER_AREAS + worker * stride;
}
