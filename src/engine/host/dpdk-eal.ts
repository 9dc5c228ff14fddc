import { readdirSync, readFileSync } from 'node:fs';
import { control, controlInBackground, type EalInfo } from './dpdk-addon.ts';
import { checkText, DpdkError, invalid } from './dpdk-error.ts';

/** How EAL is to start. */
export interface EalOptions {
  /** CPUs for EAL's own threads; none given means all that the process may use. */
  readonly controlCpus?: readonly number[];
  /** Memory to take from the start, in MiB; needed with `hugepages: false`, else optional. */
  readonly memoryMegabytes?: number;
  /** False runs on ordinary pages: no physical device works, and nothing has to be set up. */
  readonly hugepages?: boolean;
  /** The user's own EAL arguments; they come last. */
  readonly extra?: readonly string[];
}

/**
 * Makes EAL's arguments: nothing stays behind in the file system whatever ends the process, and devices are
 * probed only when asked for (DPDK Linux guide, "EAL parameters").
 */
export function ealArguments(options: EalOptions = {}): readonly string[] {
  const { hugepages = true, memoryMegabytes, controlCpus = [], extra = [] } = options;
  // --in-memory refuses --no-huge; what is left of it then is --no-shconf.
  const memory = hugepages ? ['--in-memory', '--single-file-segments'] : ['--no-huge', '--no-shconf'];
  const size = memoryMegabytes ?? (hugepages ? undefined : DEFAULT_TEST_MEGABYTES);
  const cpus = controlCpus.length > 0 ? controlCpus : allowedCpus();
  return [
    ...memory,
    ...(size === undefined ? [] : ['-m', String(size)]),
    '--no-telemetry',
    '--lcores',
    `0@(${cpus.join(',')})`,
    ...(extra.some((argument) => listsDevices.test(argument)) ? [] : ['-a', NO_DEVICE]),
    ...extra,
  ];
}

/** Starts EAL, once per process, in the main thread. @throws DpdkError EALREADY, EINVAL, ENOMEM, EACCES */
export function ealInit(options: EalOptions = {}): EalInfo {
  const { args, cpus, explain } = prepared(options);
  try {
    return control((native) => native.ealInit(args, cpus));
  } catch (error) {
    throw explain(error);
  }
}

/** Starts EAL on another thread, so that this one can do other things meanwhile. @throws DpdkError as ealInit does */
export async function ealBegin(options: EalOptions = {}): Promise<EalInfo> {
  const { args, cpus, explain } = prepared(options);
  try {
    return await controlInBackground((native) => native.ealBegin(args, cpus));
  } catch (error) {
    throw explain(error);
  }
}

/** Checks options; gives what the addon takes, and what says more of an error. @throws DpdkError EINVAL */
function prepared(options: EalOptions) {
  const doing = 'start EAL';
  for (const argument of options.extra ?? []) {
    checkText(doing, 'an EAL argument', argument, 1023);
    if (listsLcores.test(argument))
      throw invalid(doing, 'no CPUs among the EAL arguments: Millrace sets them', argument);
  }
  const args = ealArguments(options);
  const explain = (error: unknown) => (args.includes('--no-huge') ? error : hugepagesExplained(error));
  return { args, cpus: options.controlCpus ?? [], explain };
}

/** Stops EAL: ports are closed, the packet memory is unmapped. Workers must have stopped. */
export function ealCleanup(): void {
  control((native) => native.ealCleanup());
}

/** Lists the CPUs this process was started to run on; what it does to its own threads later changes nothing. */
export function allowedCpus(): readonly number[] {
  allowedAtStart ??= readAllowedCpus();
  return allowedAtStart;
}

let allowedAtStart: readonly number[] | undefined;

// proc(5), Cpus_allowed_list
function readAllowedCpus(): readonly number[] {
  const list = /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';
  return list.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}

/** Counts the hugepages of each size that nobody holds. */
export function freeHugepages(): readonly { readonly kibibytes: number; readonly free: number }[] {
  const root = '/sys/kernel/mm/hugepages';
  return names(root).map((name) => ({
    kibibytes: Number(/\d+/.exec(name)?.[0] ?? 0),
    free: Number(readFileSync(`${root}/${name}/free_hugepages`, 'utf8')),
  }));
}

const DEFAULT_TEST_MEGABYTES = 256;
// An allow list that names no device keeps EAL from probing all of them.
const NO_DEVICE = '0000:00:00.0';
const listsDevices = /^(-[ab]|--allow|--block)/;
const listsLcores = /^(-[lcs]|--lcores|--coremask|--main-lcore)/;

function hugepagesExplained(error: unknown): unknown {
  if (!(error instanceof DpdkError) || error.code === 'EALREADY') return error;
  if (freeHugepages().some((size) => size.free > 0)) return error;
  const message =
    'start EAL: expected free hugepages, got none of any size; ' +
    'reserve some (echo 512 > /proc/sys/vm/nr_hugepages) or start in test mode, without hugepages';
  return new DpdkError({ code: 'ENOMEM', message, log: error.log }, { cause: error });
}

function names(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
