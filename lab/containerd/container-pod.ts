import { randomUUID } from 'node:crypto';
import type { Runtime } from '../../src/features/runtime/agent.ts';
import type { Ended } from '../command.ts';
import type { LabPod } from '../lab-pod.ts';
import { Program } from '../program.ts';
import { type Cell, mountHugepages } from './cell.ts';
import { execCommand } from './exec-command.ts';
import { podImage } from './images.ts';
import { annotationsOf, type PodInterface } from './pod-interface.ts';

/** The runtime that a pod is made by. */
export interface PodHost {
  readonly runtime: Runtime;
  readonly cell: Pick<Cell, 'name' | 'directory'>;
  /** The command line of containerd's own client. */
  ctl(...words: readonly string[]): [string, ...string[]];
}

/** A directory of the host that a container sees. */
export interface ContainerMount {
  readonly host: string;
  readonly container: string;
}

/** What a pod is. */
export interface ContainerPodOptions {
  readonly name: string;
  /** `default` when absent. */
  readonly namespace?: string;
  readonly uid?: string;
  /** Its first interface, where it is not a veth in the network of all. */
  readonly first?: PodInterface;
  /** Its others: net1, net2, …, or as they say. */
  readonly others?: readonly PodInterface[];
  readonly image?: string;
  readonly mounts?: readonly ContainerMount[];
  /** Gives it a file system of hugepages at /dev/hugepages that its user may write to. */
  readonly hugepages?: boolean;
  /** The user that its programs run as; root when absent. */
  readonly user?: number;
  /** What its programs may have of a CPU; as much as there is when absent. */
  readonly cpu?: CpuShare | undefined;
}

/** So many microseconds of a CPU in every period of so many. */
export interface CpuShare {
  readonly periodUs: number;
  readonly quotaUs: number;
}

/** A pod of one container, run by a host. */
export class ContainerPod implements LabPod {
  readonly name: string;
  readonly netns: string;
  /** The runtime's name of its sandbox. */
  readonly sandbox: string;
  /** Its addresses, as the runtime was told by the CNI executable. */
  readonly addresses: readonly string[];
  readonly #host: PodHost;
  /** Its one container, as the runtime calls it. */
  readonly container: string;
  #programs = 0;

  private constructor(host: PodHost, name: string, made: Made) {
    this.name = name;
    this.netns = made.netns;
    this.sandbox = made.sandbox;
    this.addresses = made.addresses;
    this.#host = host;
    this.container = made.container;
  }

  static async start(host: PodHost, options: ContainerPodOptions): Promise<ContainerPod> {
    return new ContainerPod(host, options.name, await makePod(host, options));
  }

  get ip4(): string {
    return this.addresses.find((address) => !address.includes(':')) ?? '';
  }

  get ip6(): string {
    return this.addresses.find((address) => address.includes(':')) ?? '';
  }

  async run(line: string): Promise<Ended> {
    const { calls } = this.#host.runtime;
    const { stdout, stderr, exitCode } = await calls.execSync({
      containerId: this.container,
      cmd: ['sh', '-c', line],
      timeout: 20n,
    });
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    return { stdout: text(stdout), stderr: text(stderr), status: exitCode };
  }

  start(line: string): Program {
    this.#programs += 1;
    const id = `program-${this.#programs}`;
    const command = ['sh', '-c', `exec ${line}`];
    return new Program(execCommand(this.#host, { container: this.container, id, command }));
  }

  async remove(): Promise<void> {
    await removeSandbox(this.#host.runtime, this.sandbox);
  }
}

interface Made {
  readonly netns: string;
  readonly sandbox: string;
  readonly container: string;
  readonly addresses: readonly string[];
}

/** What fails leaves no sandbox behind. */
async function makePod(host: PodHost, options: ContainerPodOptions): Promise<Made> {
  const { calls } = host.runtime;
  const { name, namespace = 'default', uid = randomUUID() } = options;
  const linux = { cgroupParent: `/${host.cell.name}` };
  const config = {
    metadata: { name, namespace, uid },
    hostname: name,
    annotations: annotationsOf(options),
    linux,
  };
  const { podSandboxId: sandbox } = await calls.runPodSandbox({ config });
  try {
    const { containerId: container } = await calls.createContainer({
      podSandboxId: sandbox,
      sandboxConfig: config,
      config: containerConfig({ ...options, mounts: mountsOf(host, options) }),
    });
    await calls.startContainer({ containerId: container });
    return { sandbox, container, ...(await networkOf(host, sandbox)) };
  } catch (error) {
    await removeSandbox(host.runtime, sandbox);
    throw error;
  }
}

function mountsOf({ cell }: PodHost, { mounts = [], hugepages, user = 0 }: ContainerPodOptions) {
  if (hugepages !== true) return mounts;
  return [...mounts, { host: mountHugepages(cell, user), container: '/dev/hugepages' }];
}

function containerConfig({ name, image = podImage, mounts = [], user, cpu }: ContainerPodOptions) {
  return {
    metadata: { name },
    image: { image },
    mounts: mounts.map(({ host, container }) => ({ hostPath: host, containerPath: container })),
    linux: { ...securityOf(user), ...resourcesOf(cpu) },
  };
}

function securityOf(user: number | undefined) {
  if (user === undefined) return {};
  const id = { value: BigInt(user) };
  return { securityContext: { runAsUser: id, runAsGroup: id, noNewPrivs: true } };
}

function resourcesOf(cpu: CpuShare | undefined) {
  if (cpu === undefined) return {};
  return { resources: { cpuPeriod: BigInt(cpu.periodUs), cpuQuota: BigInt(cpu.quotaUs) } };
}

async function networkOf(host: PodHost, sandbox: string) {
  const { status, info } = await host.runtime.calls.podSandboxStatus({
    podSandboxId: sandbox,
    verbose: true,
  });
  const { ip = '', additionalIps = [] } = status?.network ?? {};
  return { addresses: [ip, ...additionalIps.map((each) => each.ip)], netns: netnsOf(info['info']) };
}

/** The runtime specification of the sandbox is among what containerd tells. */
function netnsOf(info = '{}'): string {
  const namespaces: unknown = JSON.parse(info).runtimeSpec?.linux?.namespaces;
  const found = Array.isArray(namespaces) ? namespaces.find(({ type }) => type === 'network') : undefined;
  return String(found?.path ?? '');
}

/** Detaches a pod and takes it away, as a kubelet does. */
export async function removeSandbox({ calls }: Runtime, sandbox: string): Promise<void> {
  await calls.stopPodSandbox({ podSandboxId: sandbox });
  await calls.removePodSandbox({ podSandboxId: sandbox });
}
