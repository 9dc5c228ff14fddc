import { spawn } from 'node:child_process';
import type { Command } from '../command.ts';
import { execCommand } from '../containerd/exec-command.ts';
import { LabError } from '../lab-error.ts';
import { inside } from './inside.ts';
import type { Place } from './place.ts';
import { type AttachedPod, findPod, type LabRecord } from './record.ts';
import { hostIn } from './runtime.ts';

/**
 * Runs a command in a pod, or in the network of a node, the underlay or the world outside, with our input and output,
 * and resolves to its status. @throws LabError
 */
export function execIn(
  place: Place,
  record: LabRecord,
  name: string,
  command: readonly string[],
): Promise<number> {
  if (command.length === 0) throw new LabError('LAB_USAGE', `expected a command after ${name}, got none`);
  if (record.namespaces.includes(place.namespace(name)) && !name.includes('/'))
    return runHere(inside(place.namespace(name), command));
  const { namespace, container } = findPod(record, name).pod;
  return runHere(container === undefined ? inside(namespace, command) : inContainer(container, command));
}

/** By containerd's own client; a terminal is passed on. */
function inContainer(
  { directory, id: container }: NonNullable<AttachedPod['container']>,
  command: readonly string[],
): Command {
  const isTerminal = process.stdin.isTTY === true;
  return execCommand(hostIn(directory), { container, id: `lab-${process.pid}`, command, isTerminal });
}

/** Pings a pod from another one with the ping of Linux and its options. @throws LabError */
export function pingBetween(
  record: LabRecord,
  from: string,
  to: string,
  options: readonly string[],
): Promise<number> {
  const family = options.includes('-6') ? 'ip6' : 'ip4';
  const source = findPod(record, from);
  const { iface } = findPod(record, to);
  const address = iface[family];
  if (address === undefined)
    throw new LabError('LAB_PING', `expected an address of ${family} on ${to}, it has none`);
  const count = options.some((option) => option.startsWith('-c')) ? [] : ['-c', '3', '-i', '0.2'];
  const device = from.includes(':') ? ['-I', source.iface.name] : [];
  return runHere(inside(source.pod.namespace, ['ping', '-n', ...count, ...device, ...options, address]));
}

function runHere([file, ...args]: Command): Promise<number> {
  const child = spawn(file, args, { stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(code ?? (signal === null ? 1 : 128)));
  });
}
