import { basename, join } from 'node:path';
import type { Command } from '../command.ts';
import { execCommand } from '../containerd/exec-command.ts';
import { LabError } from '../lab-error.ts';
import { logged, startInBackground } from './background.ts';
import { enterShare } from './cpu-share.ts';
import { shellInside } from './inside.ts';
import type { NodePlace } from './place.ts';
import type { AttachedInterface, AttachedPod, Recorder } from './record.ts';
import { hostIn } from './runtime.ts';

interface ApplicationOptions {
  readonly mode: string;
  readonly node: NodePlace;
  readonly recorder: Recorder;
}

/**
 * Starts testpmd, the DPDK project's own application, on the sockets of a pod, and waits until it forwards: with
 * 5tswap it sends everything back to where it came from, which answers pings of both families.
 */
export async function startApplication(pod: AttachedPod, options: ApplicationOptions): Promise<void> {
  const { node, recorder } = options;
  const own = pod.interfaces.filter(({ socket }) => socket !== undefined);
  if (own.length === 0)
    throw new LabError(
      'LAB_TOPOLOGY',
      `${pod.name}: expected a vhost-user or memif interface for testpmd, got none`,
    );
  const start = pod.container === undefined ? besideNamespace : insideContainer;
  const log = join(node.directory, 'applications', `${pod.name.replace('/', '-')}.log`);
  const program = startInBackground(start(pod, own, options), { name: `testpmd of ${pod.name}`, log });
  await logged(recorder.started(program), /packet forwarding - ports=/);
}

type CommandOf = (
  pod: AttachedPod,
  own: readonly AttachedInterface[],
  options: ApplicationOptions,
) => Command;

/** In the pod's container, as its user, by what the pod has in /dpdk. */
const insideContainer: CommandOf = ({ container }, own, { mode }) => {
  const devices = own.map((each, index) => deviceOf(`/dpdk/${basename(each.socket ?? '')}`, each, index));
  const { directory = '', id = '' } = container ?? {};
  const command = ['sh', '-c', testpmd(mode, devices, '/tmp/testpmd.input')];
  return execCommand(hostIn(directory), { container: id, id: 'testpmd', command });
};

/** Where a pod is a bare namespace: a program of this machine, in the pod's network. */
const besideNamespace: CommandOf = ({ name, namespace }, own, { mode, node, recorder }) => {
  const { name: lab } = recorder.record.topology;
  const devices = own.map((each, index) => deviceOf(each.socket ?? '', each, index));
  const input = join(node.directory, 'applications', `${name.replace('/', '-')}.input`);
  return shellInside(namespace, `${enterShare(lab)} ${testpmd(mode, devices, input)}`);
};

/**
 * The line of shell that runs it. Its memory is anonymous, so that it needs no directory of hugepages; its loop never
 * sleeps; its input is never at an end, which would end it.
 */
function testpmd(mode: string, devices: readonly string[], input: string): string {
  return [
    `mkfifo ${input};`,
    'exec nice -n 19 stdbuf -oL dpdk-testpmd',
    '--no-pci --lcores 0@0,1@0 --in-memory --single-file-segments -m 64',
    ...devices.map((device) => `--vdev ${device}`),
    `-- --total-num-mbufs=4096 --port-topology=loop --forward-mode=${mode} --auto-start <>${input}`,
  ].join(' ');
}

function deviceOf(path: string, { kind, mac }: AttachedInterface, index: number): string {
  if (kind === 'memif') return `net_memif${index},role=client,socket=${path},socket-abstract=no,mac=${mac}`;
  return `net_virtio_user${index},path=${path},server=1,mac=${mac}`;
}
