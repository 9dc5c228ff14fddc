import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** A process that has a socket open. */
export interface SocketHolder {
  readonly pid: number;
  readonly command: string;
}

/** Finds the process that listens on a UNIX socket; undefined when /proc does not show it to this user. */
export function findListener(path: string): SocketHolder | undefined {
  const inode = listeningInode(path);
  if (inode === undefined) return undefined;
  const pid = readdirOrNone('/proc').find(
    (entry) => /^\d+$/.test(entry) && hasOpen(entry, `socket:[${inode}]`),
  );
  return pid === undefined
    ? undefined
    : { pid: Number(pid), command: readOrEmpty(`/proc/${pid}/comm`).trim() };
}

// proc_net_unix(5): Num RefCount Protocol Flags Type St Inode Path, with bit 16 of the flags for a listener.
function listeningInode(path: string): string | undefined {
  for (const line of readOrEmpty('/proc/net/unix').split('\n').slice(1)) {
    const fields = line.trim().split(/\s+/);
    if (fields.slice(7).join(' ') === path && fields[3] === '00010000') return fields[6];
  }
  return undefined;
}

function hasOpen(pid: string, target: string): boolean {
  return readdirOrNone(`/proc/${pid}/fd`).some(
    (descriptor) => linkOf(`/proc/${pid}/fd/${descriptor}`) === target,
  );
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function readdirOrNone(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
