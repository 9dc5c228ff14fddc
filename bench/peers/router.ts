import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Program } from '../../lab/program.ts';
import { type Forwarding, type ForwardJob, forwardingDevices, type Peer, type Sample } from '../peer.ts';
import { bootPatience } from '../program.ts';
import { type AttachedSwitch, type VhostJob, type VhostSwitch, vhostDevices } from '../vhost-switch.ts';
import { forwardingScript } from './router-script.ts';

/** A router that speaks the grcli grammar. */
export interface Router extends Pick<Peer, 'name' | 'about' | 'setUp'> {
  /** Starts it with its files in a directory; it may not be ready yet. */
  launch(directory: string): Promise<RouterInstance>;
  /** What its client is told first. */
  readonly firstLines?: readonly string[];
}

export interface RouterInstance extends AsyncDisposable {
  readonly program: Program;
  /** The path of its API's socket. */
  readonly socket: string;
  /** Runs its own client and returns what that printed. */
  control(command: readonly string[], timeoutMs?: number): Promise<string>;
  /** The path of a file of its directory as it sees it. */
  inside(path: string): string;
}

const readyPatience = { timeoutMs: 30_000, everyMs: 5 };
const loadTimeoutMs = 1_800_000;

/** Starts a router with its files in a directory, and returns it when its API answers. */
export async function startRouter(router: Router, directory: string): Promise<RouterInstance> {
  await using resources = new AsyncDisposableStack();
  const instance = resources.use(await router.launch(directory));
  await untilReady(instance);
  if (router.firstLines !== undefined) await runLines(instance, { lines: router.firstLines, directory });
  resources.move();
  return instance;
}

/** Waits until a router's API accepts connections. */
export async function untilReady({ program, socket }: RouterInstance): Promise<void> {
  await program.until(async () => (await accepts(socket)) || undefined, 'its API', readyPatience);
}

/** Makes a peer of a router: it is configured by a script of its client's lines, or for a workload. */
export function forwardingRouter(router: Router, script?: Script): Peer {
  return {
    name: router.name,
    about: router.about,
    setUp: (log) => router.setUp(log),
    forward: (job) => startForwarding(router, job, script),
  };
}

/** Makes a switch between vhost-user ends of a router. */
export function vhostRouter(router: Router): VhostSwitch {
  return {
    name: router.name,
    about: router.about,
    setUp: (log) => router.setUp(log),
    attach: (job) => attach(router, job),
  };
}

/** Runs lines of the grammar in a router; the first that fails ends it. */
export async function runLines(
  instance: RouterInstance,
  { lines, directory }: { readonly lines: readonly string[]; readonly directory: string },
): Promise<void> {
  const script = join(directory, 'router.script');
  await writeFile(script, `${lines.join('\n')}\n`);
  await instance.control(['-e', '-f', instance.inside(script)], loadTimeoutMs);
}

/** A router that forwards, and can be told more. */
export interface RouterForwarding extends Forwarding {
  readonly instance: RouterInstance;
}

/** The lines that a router is given, when its ports have these devices. */
export type Script = (devices: readonly string[]) => readonly string[];

/** Starts a router, configures it for a workload or by a script, and returns it when packets flow. */
export async function startForwarding(
  router: Router,
  job: ForwardJob,
  script: Script = (devices) => forwardingScript(job.workload, devices),
): Promise<RouterForwarding> {
  await using resources = new AsyncDisposableStack();
  const instance = resources.use(await startRouter(router, job.directory));
  const lines = script(forwardingDevices(filesInside(instance, job)));
  await runLines(instance, { lines, directory: job.directory });
  const sample = () => sentBy(instance, 'p1');
  await instance.program.until(
    async () => (await sample()).packets > 0 || undefined,
    'its first packet',
    bootPatience,
  );
  const kept = resources.move();
  return { instance, pid: instance.program.pid, sample, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

function filesInside({ inside }: RouterInstance, { pcap, capture }: ForwardJob) {
  return { pcap: inside(pcap), ...(capture !== undefined && { capture: inside(capture) }) };
}

async function attach(router: Router, { directory, sockets, workload }: VhostJob): Promise<AttachedSwitch> {
  await using resources = new AsyncDisposableStack();
  const instance = resources.use(await startRouter(router, directory));
  const devices = vhostDevices(sockets.map((socket) => instance.inside(socket)));
  await runLines(instance, { lines: forwardingScript(workload, devices), directory });
  const kept = resources.move();
  return { pid: instance.program.pid, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

/** Packets that a port has sent. */
export async function sentBy(instance: RouterInstance, name: string): Promise<Sample> {
  const beforeMs = performance.now();
  const text = await instance.control(['stats', 'hardware']);
  const atMs = (beforeMs + performance.now()) / 2;
  const packets = new RegExp(`^${name}[.\\s]\\s*tx_good_packets:?\\s+(\\d+)`, 'm').exec(text)?.[1];
  return { packets: Number(packets ?? 0), atMs };
}

function accepts(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
