import { readFileSync } from 'node:fs';
import type { Logger } from 'pino';
import { DATAPATH_HEALTH, type Health } from '../api/health.ts';
import { ApiServer } from '../api/server.ts';
import type { EarlyStart } from '../early-start.ts';
import { ProbedAhead } from '../probed-ahead.ts';
import { Router } from '../router.ts';
import type { RouterEvent } from '../router-event.ts';
import { closeOnce, endOnSignals } from './ending.ts';
import { type Flags, FRAME_BYTES } from './flags.ts';
import { notifyServiceManager } from './notify.ts';
import { endPredecessor, type Predecessor } from './predecessor.ts';

/** The part of a vRouter program that loads while EAL starts. */
export interface Program {
  /** The module that exports what another build must pass before it takes over. */
  readonly trials: URL;
  makeLog(flags: Flags): Logger;
  runScript(file: string, socketPath: string): Promise<void>;
  /** Finds the devices that a script is likely to add, in its order. */
  devicesIn(script: string): readonly string[];
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
  /** A router that runs until this one can do without anything that it holds. */
  readonly predecessor: Predecessor | undefined;
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
    settled: async () => void (context.startupMs > 0 && (await router.settling.settled())),
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
    await router.probed.close();
    await router.settling.settled();
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
  { datapathFile, program, flags, early, cpus, predecessor }: Serving,
  log: Logger,
  context: Context,
): Promise<Router> {
  const alone = Promise.withResolvers<void>();
  const probed = new ProbedAhead(
    Promise.all([early.eal, alone.promise]),
    program.devicesIn(textOf(flags.config)),
  );
  if (!predecessor) alone.resolve();
  await rehearse(program, flags);
  const router = await Router.start({
    datapathFile,
    trials: program.trials,
    early,
    probed,
    buffers: flags.buffers,
    bufferBytes: Math.max(SMALLEST_BUFFER, Math.ceil((flags.maxMtu + FRAME_BYTES) / 64) * 64),
    poll: flags.poll,
    log,
    emit: (event) => context.emit(event),
    datapathCpus: cpus.datapath,
  });
  router.controlCpus.move(cpus.control);
  if (predecessor) {
    await endPredecessor(predecessor);
    log.info(predecessor, 'the router before has ended');
    alone.resolve();
  }
  return router;
}

/** A script that cannot be read is complained about when it is to run. */
function textOf(file: string | undefined): string {
  try {
    return file === undefined ? '' : readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** Loads, while EAL starts, what the first line of the configuration would load. */
async function rehearse(program: Program, { config, socket }: Flags): Promise<void> {
  if (config === undefined) return;
  void globalThis.Headers; // a getter: 40 ms for the API's first answer
  await program.runScript('/dev/null', socket);
}

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
