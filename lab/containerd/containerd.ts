import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { connectRuntime, type Runtime } from '../../src/features/runtime/agent.ts';
import { cniExecutable } from '../cni-call.ts';
import { run } from '../command.ts';
import { eventually } from '../eventually.ts';
import { LabError } from '../lab-error.ts';
import type { Namespace } from '../namespace.ts';
import type { Program } from '../program.ts';
import { Cell, childOf } from './cell.ts';
import { writeConfiguration } from './configuration.ts';
import { ContainerPod, type ContainerPodOptions, type PodHost, removeSandbox } from './container-pod.ts';
import { writePodImage } from './images.ts';

/** How the containerd of a node is started. */
export interface ContainerdOptions {
  /** The node's; containers have namespaces of their own. */
  readonly namespace: Pick<Namespace, 'name' | 'start'>;
  /** Unique among those of this process. */
  readonly label: string;
  readonly agentSocket: string;
  /** The network of pods that ask for no other, as NAMESPACE/NAME. */
  readonly network: string;
}

/** A real containerd for the pods of one node. */
export class Containerd implements PodHost, AsyncDisposable {
  readonly cell: Cell;
  readonly #options: ContainerdOptions;
  #runtime: Runtime | undefined;
  #program: Program | undefined;

  constructor(options: ContainerdOptions) {
    for (const file of ['/usr/lib/cni/loopback', '/bin/busybox'])
      if (!existsSync(file)) throw new LabError('LAB_SET_UP', `expected ${file}: run tools/setup.sh`);
    this.#options = options;
    this.cell = new Cell(options.namespace, options.label);
  }

  /** Starts it, and waits until it takes calls and has its image. */
  async start(): Promise<this> {
    const { agentSocket, network } = this.#options;
    await this.cell.open();
    writeConfiguration({ directory: this.cell.directory, cni: cniExecutable, agentSocket, network });
    await this.launch();
    const image = join(this.cell.directory, 'pod.tar');
    await writePodImage(image);
    await this.importImage(image);
    return this;
  }

  /** Starts it, again perhaps, and waits until it takes calls. */
  async launch(): Promise<void> {
    this.#program = this.cell.start(`containerd -c ${this.cell.directory}/config.toml`);
    await this.#program.said(/containerd successfully booted/, { timeoutMs: 15_000 });
    await eventually(async () => {
      const { status } = await this.runtime.calls.status({});
      const unready = status?.conditions.find((condition) => !condition.status);
      if (unready) throw new LabError('LAB_CONTAINERD', `${unready.type}: ${unready.message}`);
    });
  }

  /** Takes the image in an archive. */
  async importImage(file: string): Promise<void> {
    await run(this.ctl('images', 'import', file));
  }

  /** The command line of containerd's own client. */
  ctl(...words: readonly string[]): [string, ...string[]] {
    return ['ctr', '--address', this.socket, '--namespace', 'k8s.io', ...words];
  }

  /** Starts a pod with one container. @throws ConnectError with what the runtime said */
  pod(options: ContainerPodOptions): Promise<ContainerPod> {
    return ContainerPod.start(this, options);
  }

  /** Removes all pods but those named, those too that it could not start or remove before. */
  async removeAll(kept: readonly string[] = []): Promise<void> {
    const { items } = await this.runtime.calls.listPodSandbox({});
    const others = items.filter(({ id }) => !kept.includes(id));
    await Promise.all(others.map(({ id }) => removeSandbox(this.runtime, id)));
  }

  /** Kills it; its pods stay. */
  async kill(): Promise<void> {
    process.kill(childOf(this.program.pid), 'SIGKILL');
    // Its shims have its outputs, so that they do not end with it.
    await eventually(() => {
      if (this.program.running) throw this.program.failure('expected it to end');
    });
    this.#runtime?.close();
    this.#runtime = undefined;
  }

  /**
   * Removes what it had begun to write of ADDs' results when it was killed: it keeps each in a file that it empties
   * first, and removes no pod whose file it can't read.
   */
  async forgetCutResults(): Promise<void> {
    const removal = this.cell.start('find /var/lib/cni/results -type f -empty -delete');
    if ((await removal.ended) !== 0) throw removal.failure('expected it to remove files');
  }

  get socket(): string {
    return join(this.cell.directory, 'containerd.sock');
  }

  get runtime(): Runtime {
    this.#runtime ??= connectRuntime(this.socket);
    return this.#runtime;
  }

  get program(): Program {
    if (this.#program === undefined) throw new TypeError('expected a containerd that was started');
    return this.#program;
  }

  get log(): string {
    return this.#program?.stderr ?? '';
  }

  async close(): Promise<void> {
    this.#runtime?.close();
    await this.cell.close();
    await this.#program?.close('SIGKILL');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
