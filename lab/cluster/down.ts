import { existsSync, readdirSync, rmSync } from 'node:fs';
import { run } from '../command.ts';
import { eventually } from '../eventually.ts';
import { end } from './background.ts';
import { removeShare } from './cpu-share.ts';
import type { Place } from './place.ts';
import { readRecord } from './record.ts';

/** Takes away all that a lab has built, however far it came. */
export async function takeDown(place: Place): Promise<void> {
  const processes = readRecord(place)?.processes ?? [];
  await Promise.all(processes.map(end));
  await Promise.all(namespacesOf(place).map(removeNamespace));
  removeShare(place.lab);
  rmSync(place.directory, { recursive: true, force: true });
}

/** Of this lab alone, whether its record came to name them or not. */
function namespacesOf(place: Place): readonly string[] {
  const own = place.namespace('');
  return existsSync(directory) ? readdirSync(directory).filter((name) => name.startsWith(own)) : [];
}

/** Ends what still runs in a namespace, such as a shell that somebody has there, and removes it. */
async function removeNamespace(name: string): Promise<void> {
  await eventually(async () => {
    const pids = (await run(['ip', 'netns', 'pids', name])).split('\n').filter(Boolean);
    for (const pid of pids) kill(Number(pid));
    if (pids.length > 0) throw new Error(`expected nobody in ${name}, there is ${pids.join(' ')}`);
  });
  await run(['ip', 'netns', 'del', name]);
}

/** It may have ended by itself. */
function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {}
}

const directory = '/run/netns';
