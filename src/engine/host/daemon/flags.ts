import { parseArgs } from 'node:util';
import { ApiError } from '../../api-error.ts';
import { type Owner, parseMode, parseOwner } from '../api/owner.ts';

/** What `millrace vrouter` was told on its command line. */
export interface Flags {
  readonly help: boolean;
  readonly version: boolean;
  /** Where metrics are served: ADDR:PORT or unix:PATH. */
  readonly metrics: string | undefined;
  readonly syslog: boolean;
  readonly socketMode: number;
  readonly socketOwner: Owner | undefined;
  readonly poll: boolean;
  /** Replace the router that holds the socket, once all that can be ready is. */
  readonly takeOver: boolean;
  readonly socket: string;
  /** Run without hugepages. */
  readonly test: boolean;
  /** Largest MTU that fits in one buffer. */
  readonly maxMtu: number;
  readonly verbose: number;
  /** Log every packet's way. */
  readonly tracePackets: boolean;
  /** A script of ctl lines that runs before the router says it is ready. */
  readonly config: string | undefined;
  readonly controlCpus: readonly number[] | undefined;
  readonly datapathCpus: readonly number[] | undefined;
  readonly buffers: number;
  readonly ealArguments: readonly string[];
}

/** The words of `--help`. */
export const usage = `Usage: millrace vrouter [options] [-- EAL arguments]

  -M, --metrics ADDR:PORT|unix:PATH  serve OpenMetrics there
  -S, --syslog                       log to syslog instead of stderr
  -m, --socket-mode MODE             permissions of the API socket (default 0660)
  -o, --socket-owner USER:GROUP      owner of the API socket
  -p, --poll-mode                    never sleep
  -s, --socket PATH                  the API socket (default /run/millrace/vrouter.sock,
                                     or MILLRACE_SOCK_PATH, or GROUT_SOCK_PATH)
  -t, --test-mode                    run without hugepages
  -u, --max-mtu N                    largest MTU that fits in one packet buffer (default 1800)
  -v, --verbose                      log more; twice for all
  -x, --trace-packets                log every packet's way
      --config FILE                  run a script of ctl lines before the router is ready
      --control-cpus LIST            CPUs of the control threads (default: those without datapath)
      --datapath-cpus LIST           CPUs of the workers, one worker each (default: the last one)
      --buffers N                    packet buffers (default 32767)
      --take-over                    start beside the router that holds the socket, end it and go on in its place
  -h, --help                         show this
  -V, --version                      show the version
`;

/** Reads the command line and the environment. @throws ApiError EINVAL with what was expected */
export function readFlags(argv: readonly string[], env: Readonly<Record<string, string | undefined>>): Flags {
  const separator = argv.indexOf('--');
  const own = separator < 0 ? argv : argv.slice(0, separator);
  const { values } = parse(own);
  return {
    help: values.help === true,
    version: values.version === true,
    metrics: values.metrics,
    syslog: values.syslog === true,
    socketMode: parseMode(values['socket-mode'] ?? '0660'),
    socketOwner: values['socket-owner'] === undefined ? undefined : parseOwner(values['socket-owner']),
    poll: values['poll-mode'] === true,
    takeOver: values['take-over'] === true,
    socket: values.socket ?? env.MILLRACE_SOCK_PATH ?? env.GROUT_SOCK_PATH ?? '/run/millrace/vrouter.sock',
    test: values['test-mode'] === true,
    maxMtu: number('--max-mtu', values['max-mtu'] ?? '1800', 1280, 65407 - FRAME_BYTES),
    verbose: values.verbose?.length ?? 0,
    tracePackets: values['trace-packets'] === true,
    config: values.config,
    controlCpus:
      values['control-cpus'] === undefined ? undefined : cpuList('--control-cpus', values['control-cpus']),
    datapathCpus:
      values['datapath-cpus'] === undefined ? undefined : cpuList('--datapath-cpus', values['datapath-cpus']),
    buffers: number('--buffers', values.buffers ?? '32767', 1023, (1 << 20) - 1),
    ealArguments: separator < 0 ? [] : argv.slice(separator + 1),
  };
}

/** Bytes of headroom, Ethernet header and two VLAN tags around an IP packet in its buffer. */
export const FRAME_BYTES = 128 + 14 + 8;

const options = {
  metrics: { type: 'string', short: 'M' },
  syslog: { type: 'boolean', short: 'S' },
  'socket-mode': { type: 'string', short: 'm' },
  'socket-owner': { type: 'string', short: 'o' },
  'poll-mode': { type: 'boolean', short: 'p' },
  'take-over': { type: 'boolean' },
  socket: { type: 'string', short: 's' },
  'test-mode': { type: 'boolean', short: 't' },
  'max-mtu': { type: 'string', short: 'u' },
  verbose: { type: 'boolean', short: 'v', multiple: true },
  'trace-packets': { type: 'boolean', short: 'x' },
  config: { type: 'string' },
  'control-cpus': { type: 'string' },
  'datapath-cpus': { type: 'string' },
  buffers: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'V' },
} as const;

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options, strict: true, allowPositionals: false });
  } catch (cause) {
    const received = cause instanceof Error ? cause.message : String(cause);
    throw new ApiError(
      'EINVAL',
      { doing: 'read the command line', expected: 'the options of --help', received },
      { cause },
    );
  }
}

function number(flag: string, text: string, min: number, max: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new ApiError('EINVAL', {
    doing: `read ${flag}`,
    expected: `a number of ${min} to ${max}`,
    received: JSON.stringify(text),
  });
}

/** 0-3,5 → 0 1 2 3 5 */
function cpuList(flag: string, text: string): readonly number[] {
  const cpus = text.split(',').flatMap((part) => {
    const range = /^(\d{1,4})(?:-(\d{1,4}))?$/.exec(part);
    if (!range) {
      throw new ApiError('EINVAL', {
        doing: `read ${flag}`,
        expected: 'a list of CPUs such as 0-3,5',
        received: JSON.stringify(text),
      });
    }
    const first = Number(range[1]);
    const last = Number(range[2] ?? first);
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);
  });
  return [...new Set(cpus)];
}
