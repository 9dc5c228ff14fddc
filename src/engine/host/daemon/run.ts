import type { Logger } from 'pino';
import { DATAPATH_HEALTH, type Health } from '../api/health.ts';
import { ApiServer } from '../api/server.ts';
import type { EarlyStart } from '../early-start.ts';
import { Router } from '../router.ts';
import type { RouterEvent } from '../router-event.ts';
import { type Flags, FRAME_BYTES } from './flags.ts';
import { notifyServiceManager } from './notify.ts';

/** The part of a vRouter program that loads while EAL starts. */
export interface Program {
  /** The module that exports what another build must pass before it takes over. */
  readonly trials: URL;
  makeLog(flags: Flags): Logger;
  runScript(file: string, socketPath: string): Promise<void>;
  /** Starts the features on a router; what it returns ends them. */
  compose(router: Router, context: DaemonContext): Promise<() => Promise<void>>;
}

/** What features may want to know of the program that runs them. */
export interface DaemonContext {
  readonly flags: Flags;
  readonly version: string;
  /** Where events go until somebody watches them. */
  onEvent(listener: (event: RouterEvent) => void): void;
  /** Milliseconds from the process's start until it was ready; zero before. */
  readonly startupMs: number;
}

/** What a router is started with. */
export interface Serving {
  readonly version: string;
  readonly datapathFile: string;
  readonly program: Program;
  readonly flags: Flags;
  readonly early: EarlyStart;
  readonly cpus: Cpus;
}

/** Who runs where. */
export interface Cpus {
  readonly control: readonly number[];
  readonly datapath: readonly number[];
}

/** Runs a router until it is told to end. @throws what kept it from starting */
export async function serve(serving: Serving): Promise<void> {
  const { program, flags } = serving;
  const log = program.makeLog(flags);
  const context = new Context(serving);
  const router = await startRouter(serving, log, context);
  const closeFeatures = await program.compose(router, context);
  const api = new ApiServer({
    path: flags.socket,
    mode: flags.socketMode,
    owner: flags.socketOwner,
    services: router.services,
    onFault: ({ method, error }) => log.error({ method, error }, 'a call has failed'),
    // The lines of the start need not wait for the host one by one.
    settled: async () => void (context.startupMs > 0 && (await router.settled())),
  });
  const close = closeOnce(async () => {
    notifyServiceManager('STOPPING=1', process.env, log);
    await api.close();
    await router.workers.endStanding();
    await closeFeatures();
    await router.close();
    log.info('the router has ended');
  });
  endOnSignals(log, close);
  goOnAfterMistakes(log);
  try {
    await api.start();
    if (flags.config !== undefined) await program.runScript(flags.config, flags.socket);
    await router.settled();
  } catch (error) {
    await close();
    throw error;
  }
  router.workers.noteReady();
  context.startupMs = Math.round(process.uptime() * 1000);
  api.health.setAll('serving');
  followTroubles(router, api.health);
  notifyServiceManager('READY=1', process.env, log);
  log.info(
    { socket: flags.socket, startupMs: context.startupMs, ealMs: router.ealMs, dpdk: router.eal.version },
    'the router is ready',
  );
}

/** Health follows the troubles: any is one of the packet path, a worker that stands still is one of the whole router. */
function followTroubles({ troubles }: Router, health: Health): void {
  const follow = () => {
    const standing = troubles.list.some(({ about }) => about === 'worker');
    health.set(DATAPATH_HEALTH, troubles.list.length > 0 ? 'not-serving' : 'serving');
    health.set('', standing ? 'not-serving' : 'serving');
  };
  troubles.onChange(follow);
  follow();
}

async function startRouter(
  { datapathFile, program, flags, early, cpus }: Serving,
  log: Logger,
  context: Context,
): Promise<Router> {
  const router = await Router.start({
    datapathFile,
    trials: program.trials,
    early,
    buffers: flags.buffers,
    bufferBytes: Math.max(SMALLEST_BUFFER, Math.ceil((flags.maxMtu + FRAME_BYTES) / 64) * 64),
    poll: flags.poll,
    log,
    emit: (event) => context.emit(event),
    datapathCpus: cpus.datapath,
  });
  router.controlCpus = cpus.control;
  return router;
}

function closeOnce(close: () => Promise<void>): () => Promise<void> {
  let closing: Promise<void> | undefined;
  return () => {
    closing ??= close();
    return closing;
  };
}

/** The first signal ends the router in order, the second at once, and so does time. */
function endOnSignals(log: Logger, close: () => Promise<void>): void {
  let asked = false;
  const end = (signal: NodeJS.Signals) => {
    if (asked) endByForce();
    asked = true;
    log.info({ signal }, 'the router is ending');
    setTimeout(() => {
      log.fatal({ longestMs: LONGEST_END_MS }, 'the router has not ended in time, and is ended by force');
      endByForce();
    }, LONGEST_END_MS);
    close().then(
      () => process.exit(0),
      (error) => {
        log.fatal({ error }, 'the router could not end in order, and is ended by force');
        endByForce();
      },
    );
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);
}

/** Node.js waits for its threads when it exits; one that never comes back from C would keep the process. */
function endByForce(): never {
  process.kill(process.pid, 'SIGKILL');
  throw new Error('the process goes on after SIGKILL');
}

/** Ending takes a second or two; whoever manages the service would not wait for ever either. */
const LONGEST_END_MS = 20_000;

/** A mistake in one call or timer is told, and costs neither the other calls nor the packets. */
function goOnAfterMistakes(log: Logger): void {
  process.on('uncaughtException', (error) => log.error({ error }, 'a mistake in the router; it goes on'));
  process.on('unhandledRejection', (error) => log.error({ error }, 'a mistake in the router; it goes on'));
}

/** DPDK's usual room for a packet, headroom included (RTE_MBUF_DEFAULT_BUF_SIZE). */
const SMALLEST_BUFFER = 2048 + 128;

class Context implements DaemonContext {
  readonly flags: Flags;
  readonly version: string;
  startupMs = 0;
  readonly #listeners: ((event: RouterEvent) => void)[] = [];

  constructor({ version, flags }: Serving) {
    this.flags = flags;
    this.version = version;
  }

  onEvent(listener: (event: RouterEvent) => void): void {
    this.#listeners.push(listener);
  }

  emit(event: RouterEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}
