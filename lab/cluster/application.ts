import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../command.ts';
import { LabError } from '../lab-error.ts';
import { logged, startInBackground } from './background.ts';
import { enterShare } from './cpu-share.ts';
import { shellInside } from './inside.ts';
import type { NodePlace } from './place.ts';
import type { AttachedInterface, AttachedPod, Recorder } from './record.ts';

/**
 * Starts testpmd, the DPDK project's own application, on the sockets of a pod, and waits until it forwards: with
 * 5tswap it sends everything back to where it came from, which answers pings of both families.
 */
export async function startApplication(
  { name, namespace, interfaces }: AttachedPod,
  { mode, node, recorder }: { readonly mode: string; readonly node: NodePlace; readonly recorder: Recorder },
): Promise<void> {
  const unique = `${recorder.record.topology.name}-${name.replace('/', '-')}`;
  const devices = interfaces.filter(({ socket }) => socket !== undefined).map(deviceOf);
  if (devices.length === 0)
    throw new LabError(
      'LAB_TOPOLOGY',
      `${name}: expected a vhost-user or memif interface for testpmd, got none`,
    );
  const directory = join(node.directory, 'applications');
  mkdirSync(directory, { recursive: true });
  const input = join(directory, `${unique}.input`);
  await run(['mkfifo', input]);
  const words = [
    'dpdk-testpmd --no-pci --lcores 0@0,1@0 --in-memory --single-file-segments -m 64',
    `--file-prefix ${unique}`,
    ...devices.map((device) => `--vdev ${device}`),
    `-- --total-num-mbufs=4096 --no-lsc-interrupt --port-topology=loop --forward-mode=${mode} --auto-start`,
  ].join(' ');
  // Its loop never sleeps; its input is never at an end, which would end it.
  const line = `${enterShare(recorder.record.topology.name)} exec nice -n 19 stdbuf -oL ${words} <>${input}`;
  const options = { name: `testpmd of ${name}`, log: join(directory, `${unique}.log`) };
  const program = recorder.started(startInBackground(shellInside(namespace, line), options));
  await logged(program, /packet forwarding - ports=/);
}

function deviceOf({ kind, socket, mac }: AttachedInterface, index: number): string {
  if (kind === 'memif') return `net_memif${index},role=client,socket=${socket},socket-abstract=no,mac=${mac}`;
  return `net_virtio_user${index},path=${socket},server=1,mac=${mac}`;
}
