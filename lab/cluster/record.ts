import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { replaceFile } from '../../src/engine/host/replace-file.ts';
import { LabError } from '../lab-error.ts';
import type { BackgroundProcess } from './background.ts';
import type { Place } from './place.ts';
import type { Topology } from './topology.ts';

/** An interface of a pod as it was attached. */
export interface AttachedInterface {
  readonly name: string;
  readonly kind: 'veth' | 'tap' | 'vhost-user' | 'memif';
  readonly network: string;
  readonly ip4?: string | undefined;
  readonly ip6?: string | undefined;
  readonly gateways: readonly string[];
  readonly mac?: string | undefined;
  readonly mtu?: number | undefined;
  readonly socket?: string | undefined;
}

/** A pod as it was attached. */
export interface AttachedPod {
  readonly name: string;
  readonly node: string;
  /** The name or path of its network namespace. */
  readonly namespace: string;
  /** Where it is one: the directory of its containerd, and its id there. */
  readonly container?: { readonly directory: string; readonly id: string };
  readonly interfaces: readonly AttachedInterface[];
}

/** All that a lab has built so far: enough to look at it, and to take it down. */
export interface LabRecord {
  readonly topology: Topology;
  readonly ready: boolean;
  readonly namespaces: readonly string[];
  readonly processes: readonly BackgroundProcess[];
  readonly pods: readonly AttachedPod[];
}

/** Keeps a lab's record on disk: whoever reads it meets the one before or the new one. */
export class Recorder {
  readonly #place: Place;
  #record: LabRecord;

  constructor(place: Place, topology: Topology) {
    this.#place = place;
    this.#record = { topology, ready: false, namespaces: [], processes: [], pods: [] };
    mkdirSync(place.directory, { recursive: true, mode: 0o711 });
    this.#write();
  }

  get record(): LabRecord {
    return this.#record;
  }

  note(changes: Partial<LabRecord>): void {
    this.#record = { ...this.#record, ...changes };
    this.#write();
  }

  /** Notes a process that was started. */
  started(program: BackgroundProcess): BackgroundProcess {
    this.note({ processes: [...this.#record.processes, program] });
    return program;
  }

  #write(): void {
    replaceFile(this.#place.record, `${JSON.stringify(this.#record, null, 2)}\n`);
  }
}

/** Reads the record of a lab; undefined when it was killed before it wrote one. */
export function readRecord(place: Place): LabRecord | undefined {
  return existsSync(place.record) ? JSON.parse(readFileSync(place.record, 'utf8')) : undefined;
}

/** Reads the record of a lab that is up. @throws LabError */
export function readyRecord(place: Place): LabRecord {
  const record = readRecord(place);
  if (record?.ready) return record;
  const advice = `take it down with: millrace lab down ${place.lab}`;
  throw new LabError(
    'LAB_NOT_READY',
    `expected the lab ${place.lab} to be ready, it was not finished; ${advice}`,
  );
}

/** Finds a pod, and an interface of it: NAMESPACE/NAME or NAMESPACE/NAME:INTERFACE. @throws LabError */
export function findPod({ pods }: LabRecord, text: string): { pod: AttachedPod; iface: AttachedInterface } {
  const [name, wanted] = text.split(':');
  const pod = pods.find((each) => each.name === name);
  if (pod === undefined)
    throw new LabError(
      'LAB_POD',
      `expected a pod of ${pods.map((each) => each.name).join(', ')}, got ${name}`,
    );
  const iface =
    wanted === undefined ? pod.interfaces[0] : pod.interfaces.find((each) => each.name === wanted);
  if (iface !== undefined) return { pod, iface };
  const have = pod.interfaces.map((each) => each.name).join(', ');
  throw new LabError('LAB_POD', `expected an interface of ${name} (${have}), got ${wanted}`);
}
