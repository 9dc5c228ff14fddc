import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { NodePlan } from '../../src/features/plan/index.ts';
import { run } from '../command.ts';
import { ContainerPod, type ContainerPodOptions } from '../containerd/container-pod.ts';
import { inside } from './inside.ts';
import type { NodePlace } from './place.ts';
import type { AttachedInterface, AttachedPod } from './record.ts';
import { openRuntime } from './runtime.ts';
import type { PlannedPod, PodInterface } from './topology.ts';

/** Where a container runs, and as what. */
export interface ContainerPlace extends Pick<ContainerPodOptions, 'image' | 'user' | 'cpu'> {
  readonly node: NodePlace;
  /** That of its containerd. */
  readonly directory: string;
}

/** Starts a pod as a container of a node's containerd, which has it attached, and looks what it was given. */
export async function addContainer(
  { name, interfaces: [first, ...others] }: PlannedPod,
  { node, directory, ...options }: ContainerPlace,
): Promise<AttachedPod> {
  const [namespace = '', short = ''] = name.split('/');
  const uid = name.replace('/', '.');
  const folder = join(node.pods, uid);
  const hasSocket = [first, ...others].some((each) => each !== undefined && isSocket(each));
  const host = openRuntime(directory);
  try {
    const pod = await ContainerPod.start(host, {
      name: short,
      namespace,
      uid,
      ...(first && { first }),
      others,
      ...options,
      ...(hasSocket && { mounts: [{ host: folder, container: '/dpdk' }] }),
    });
    const all = [first, ...others].filter((each) => each !== undefined);
    const attached = all.map((each) => (isSocket(each) ? socketOf(each, folder) : deviceOf(each, pod.netns)));
    const plan: NodePlan = JSON.parse(readFileSync(node.plan, 'utf8'));
    return {
      name,
      node: node.name,
      namespace: pod.netns,
      container: { directory, id: pod.container },
      interfaces: (await Promise.all(attached)).map((each) => ({
        ...each,
        gateways: gatewaysOf(each, plan),
      })),
    };
  } finally {
    host.runtime.close();
  }
}

type Seen = Omit<AttachedInterface, 'gateways'>;

function isSocket({ kind }: PodInterface): boolean {
  return kind === 'vhost-user' || kind === 'memif';
}

/** What an interface of the kernel has. */
async function deviceOf(wanted: PodInterface, netns: string): Promise<Seen> {
  const [link] = JSON.parse(await run(inside(netns, ['ip', '-json', 'address', 'show', 'dev', wanted.name])));
  const addressOf = (family: string) =>
    link.addr_info.find((each: Shown) => each.family === family && each.scope === 'global')?.local;
  return { ...wanted, ip4: addressOf('inet'), ip6: addressOf('inet6'), mac: link.address, mtu: link.mtu };
}

interface Shown {
  readonly family: string;
  readonly scope: string;
  readonly local: string;
}

/** What an application is told about an interface of its own. */
async function socketOf(wanted: PodInterface, folder: string): Promise<Seen> {
  const all: readonly Described[] = JSON.parse(readFileSync(join(folder, 'dpdk-interfaces.json'), 'utf8'));
  const found = all.find(({ name }) => name === wanted.name);
  const path = found?.['vhost-adaptor-path'] ?? found?.['memif-path'] ?? '';
  return {
    ...wanted,
    ip4: found?.['ipv4-address']?.replace(/\/.*/, ''),
    ip6: found?.['ipv6-address']?.replace(/\/.*/, ''),
    mac: found?.['mac-address'],
    mtu: found?.mtu,
    socket: join(folder, basename(path)),
  };
}

interface Described {
  readonly name: string;
  readonly mtu?: number;
  readonly 'mac-address'?: string;
  readonly 'ipv4-address'?: string;
  readonly 'ipv6-address'?: string;
  readonly 'vhost-adaptor-path'?: string;
  readonly 'memif-path'?: string;
}

function gatewaysOf({ network }: Seen, { networks }: NodePlan): readonly string[] {
  const gateways = networks.find(({ name }) => name === network)?.gateways ?? [];
  return gateways.map((gateway) => gateway.replace(/\/.*/, ''));
}
