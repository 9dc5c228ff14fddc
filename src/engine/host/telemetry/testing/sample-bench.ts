import { fileURLToPath } from 'node:url';
import type { DatapathSource } from '../../../compiler/compile.ts';
import { CONTROL_TICKS_PER_SECOND } from '../../../layout.ts';
import { Bench } from '../../../testing/bench.ts';
import type { DispatchEntry } from '../../dispatch.ts';
import type { TelemetrySource } from '../source.ts';
import type { WatchedInterface, WatchedInterfaces, WatchPurpose } from '../watched-interfaces.ts';
import { SAMPLE_CAPTURED, SAMPLE_TRACED } from './layout.ts';

const samplePath: DatapathSource = {
  root: fileURLToPath(new URL('../../../..', import.meta.url)),
  stages: ['sample-receive', 'sample-input', 'sample-route', 'sample-output'].map(
    (name) => `engine/host/telemetry/testing/datapath/${name}`,
  ),
  commonPaths: [['sample-receive', 'sample-input', 'sample-route', 'sample-output']],
  controlModules: [],
  layouts: ['engine/host/telemetry/testing/layout'],
};

/** The entry of the sample's only dispatch table. */
export const sampleDispatch: readonly DispatchEntry[] = [
  { table: 'sample-types', key: '0x0800', stage: 'sample-route' },
];

/** A bench with a packet path of four stages between two interfaces, p0 and p1. */
export interface SampleBench {
  readonly bench: Bench;
  readonly source: TelemetrySource;
  readonly interfaces: WatchedInterfaces;
}

/** Opens the sample bench; its clock ticks a thousand million times a second. */
export async function openSampleBench(): Promise<SampleBench> {
  const bench = await Bench.open(samplePath, fileURLToPath(new URL('../../../../../build', import.meta.url)));
  const ipv4 = 0x0008; // 0x0800 as it lies on the wire
  bench.view.setUint16(bench.region('SAMPLE_TYPES') + ipv4 * 2, bench.node('sample-route'), true);
  bench.view.setBigUint64(CONTROL_TICKS_PER_SECOND, 1_000_000_000n, true);
  return {
    bench,
    source: { view: bench.view, info: bench.datapath.info },
    interfaces: new SampleInterfaces(bench),
  };
}

class SampleInterfaces implements WatchedInterfaces {
  readonly list: readonly WatchedInterface[] = [
    { id: 1, name: 'p0' },
    { id: 2, name: 'p1' },
  ];
  readonly #bench: Bench;

  constructor(bench: Bench) {
    this.#bench = bench;
  }

  find(id: number): WatchedInterface | undefined {
    return this.list.find((iface) => iface.id === id);
  }

  findNamed(name: string): WatchedInterface | undefined {
    return this.list.find((iface) => iface.name === name);
  }

  watch(purpose: WatchPurpose, on: boolean, id?: number): void {
    const bit = purpose === 'trace' ? SAMPLE_TRACED : SAMPLE_CAPTURED;
    for (const iface of this.list) {
      if (id !== undefined && id !== iface.id) continue;
      const address = this.#bench.region('SAMPLE_WATCHED') + iface.id * 4;
      const now = this.#bench.view.getUint32(address, true);
      this.#bench.view.setUint32(address, on ? now | bit : now & ~bit, true);
    }
  }
}
