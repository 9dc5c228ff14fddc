import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connectRuntime, type Runtime } from '../../src/features/runtime/agent.ts';
import type { PodHost } from '../containerd/container-pod.ts';
import { logged, startInBackground } from './background.ts';
import { inside } from './inside.ts';
import type { NodePlace } from './place.ts';
import type { Recorder } from './record.ts';

/** Starts a containerd for a node, with a process that keeps it, and resolves to its directory. Pods say their networks. */
export async function startRuntime(node: NodePlace, recorder: Recorder): Promise<string> {
  const network = recorder.record.topology.pods[0]?.interfaces[0]?.network ?? '';
  const words = [node.namespace, node.name, node.agentSocket, network];
  const options = { name: `containerd of ${node.name}`, log: join(node.directory, 'containerd.log') };
  const program = startInBackground(
    inside(node.namespace, [process.execPath, ...process.execArgv, keeper, ...words]),
    options,
  );
  const [, directory = ''] = await logged(recorder.started(program), /containerd is ready in (\S+)/);
  return directory;
}

/** A runtime that another process keeps, to be closed by who asked for it. */
export function openRuntime(directory: string): PodHost & { readonly runtime: Runtime } {
  return { ...hostIn(directory), runtime: connectRuntime(socketIn(directory)) };
}

/** The same as long as only its client is needed. */
export function hostIn(directory: string): Pick<PodHost, 'cell' | 'ctl'> {
  return {
    cell: { name: basename(directory), directory },
    ctl: (...words) => ['ctr', '--address', socketIn(directory), '--namespace', 'k8s.io', ...words],
  };
}

function socketIn(directory: string): string {
  return join(directory, 'containerd.sock');
}

const keeper = fileURLToPath(new URL('keep-containerd.ts', import.meta.url));
