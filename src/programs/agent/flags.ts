import { join } from 'node:path';
import { parseArgs } from 'node:util';

/** How an agent is started. */
export interface AgentFlags {
  readonly plan: string;
  readonly socket: string;
  readonly state: string;
  readonly router: string;
  readonly pods: string;
  /** Where the status of the node goes. */
  readonly status: string;
  /** The container runtime whose pods the ledger is compared with. */
  readonly runtime: { readonly endpoint: string; readonly graceMs: number } | undefined;
  readonly verbose: number;
  /** Prints what would be done to the router, and does nothing. */
  readonly dryRun: boolean;
  readonly help: boolean;
}

export const usage = `usage: millrace agent [OPTION…]
Attaches this node's containers to its router, for the CNI executable build/millrace-cni.

  --plan FILE     the plan of this node, JSON; read again when it changes, and on SIGHUP (/etc/millrace/plan.json)
  --socket PATH   where the CNI executable finds the agent (/run/millrace/agent.sock)
  --state DIR     what must survive a crash (/var/lib/millrace)
  --router PATH   the API of the router (MILLRACE_SOCK_PATH, else /run/millrace/vrouter.sock)
  --pods DIR      where each container with sockets has a directory, to mount at /dpdk (/run/millrace/pods)
  --status DIR    where what became of the plan goes, as NODE.json (the directory status in that of --state)
  --runtime-endpoint PATH
                  the CRI socket of the container runtime; pods that it has forgotten are detached (none)
  --collect-after SECONDS
                  how long it may take to speak of a pod (300)
  --dry-run       prints what would be done to the router as lines of ctl, and does nothing
  -v, --verbose   says more
  -h, --help      prints this
`;

/** Reads the command line. @throws Error that says what is wrong with it */
export function readFlags(
  argv: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): AgentFlags {
  const { values } = parseArgs({ args: [...argv], options, strict: true, allowPositionals: false });
  return {
    plan: values.plan ?? '/etc/millrace/plan.json',
    socket: values.socket ?? '/run/millrace/agent.sock',
    state: values.state ?? '/var/lib/millrace',
    router: values.router ?? environment['MILLRACE_SOCK_PATH'] ?? '/run/millrace/vrouter.sock',
    status: values.status ?? join(values.state ?? '/var/lib/millrace', 'status'),
    pods: values.pods ?? '/run/millrace/pods',
    runtime: runtimeOf(values['runtime-endpoint'], values['collect-after']),
    verbose: values.verbose?.length ?? 0,
    dryRun: values['dry-run'] === true,
    help: values.help === true,
  };
}

function runtimeOf(endpoint: string | undefined, seconds: string | undefined): AgentFlags['runtime'] {
  const graceMs = Number(seconds ?? 300) * 1000;
  if (seconds !== undefined && !(graceMs > 0))
    throw new Error(`expected a number of seconds above 0 for --collect-after, got ${seconds}`);
  if (endpoint !== undefined) return { endpoint, graceMs };
  if (seconds === undefined) return undefined;
  throw new Error('expected --runtime-endpoint with --collect-after, got none');
}

const options = {
  plan: { type: 'string' },
  socket: { type: 'string' },
  state: { type: 'string' },
  router: { type: 'string' },
  pods: { type: 'string' },
  status: { type: 'string' },
  'runtime-endpoint': { type: 'string' },
  'collect-after': { type: 'string' },
  'dry-run': { type: 'boolean' },
  verbose: { type: 'boolean', short: 'v', multiple: true },
  help: { type: 'boolean', short: 'h' },
} as const;
