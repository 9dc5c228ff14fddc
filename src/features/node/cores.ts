import { formatCpuList } from '../../command/cpu-list.ts';
import { parseMask } from './masks.ts';
import type { DpdkSettings } from './vrouter-object.ts';

/** Which CPUs do what on a node. */
export interface Cores {
  readonly datapath: readonly number[];
  readonly control: readonly number[];
  readonly warnings: readonly string[];
}

const fewEnough = 2;

/**
 * Reads the masks of a router; `cpus` is how many CPUs the node has, where that is known.
 * @throws ValueError for what is not a mask
 * @throws Error when masks overlap, or name CPUs that the node has not
 */
export function coresOf(settings: DpdkSettings, cpus: number | undefined): Cores {
  const datapath = cpusOf('cpuCoreMask', settings, cpus);
  const service = cpusOf('serviceCoreMask', settings, cpus);
  const threads = cpusOf('dpdkCtrlThreadMask', settings, cpus);
  refuseOverlap({ datapath, others: service, name: 'serviceCoreMask' });
  refuseOverlap({ datapath, others: threads, name: 'dpdkCtrlThreadMask' });
  const control = [...new Set([...service, ...threads])].sort((left, right) => left - right);
  return { datapath, control, warnings: warnAbout(control) };
}

type MaskName = 'cpuCoreMask' | 'serviceCoreMask' | 'dpdkCtrlThreadMask';

function cpusOf(name: MaskName, settings: DpdkSettings, have: number | undefined): readonly number[] {
  const text = settings[name];
  if (text === undefined) return [];
  const cpus = readMask(name, text);
  const missing = have === undefined ? [] : cpus.filter((cpu) => cpu >= have);
  if (missing.length === 0) return cpus;
  throw new Error(
    `expected ${name} to name CPUs 0-${(have ?? 1) - 1} of the node, got ${text}: it has no CPU ${formatCpuList(missing)}`,
  );
}

function readMask(name: MaskName, text: string): readonly number[] {
  try {
    return parseMask(text);
  } catch (cause) {
    throw new Error(`${name}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

interface Pair {
  readonly datapath: readonly number[];
  readonly others: readonly number[];
  readonly name: MaskName;
}

// A polling worker takes all of its CPU: a control thread there would starve, and hold packets up when it runs.
function refuseOverlap({ datapath, others, name }: Pair): void {
  const both = datapath.filter((cpu) => others.includes(cpu));
  if (both.length === 0) return;
  throw new Error(
    `expected cpuCoreMask and ${name} to have no CPU in common, got ${formatCpuList(both)} in both: a worker needs its CPU for itself`,
  );
}

function warnAbout(control: readonly number[]): readonly string[] {
  if (control.length <= fewEnough) return [];
  return [
    `${control.length} CPUs (${formatCpuList(control)}) are for service and control threads, one or two are enough`,
  ];
}
