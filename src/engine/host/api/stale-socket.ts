import { lstatSync, renameSync, type Stats, unlinkSync } from 'node:fs';
import { connect } from 'node:net';
import { ApiError } from '../../api-error.ts';
import { findListener } from './unix-socket-holder.ts';

/**
 * Removes a socket file that nobody listens on, as a process that was killed leaves it.
 *
 * @throws ApiError EADDRINUSE when somebody listens, ENOTSOCK when it is another kind of file
 */
export async function removeStaleSocket(doing: string, path: string): Promise<void> {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (!found.isSocket()) throw notSocket(doing, found);
  if (await answers(path)) throw socketTaken(doing, path);
  discard(doing, path, found);
}

/** What is said when somebody listens on a socket: who, where /proc tells. */
export function socketTaken(doing: string, path: string): ApiError {
  const holder = findListener(path);
  return new ApiError('EADDRINUSE', {
    doing,
    expected: 'a socket that nobody listens on',
    received:
      holder === undefined ? 'one that is in use' : `one in use by process ${holder.pid} (${holder.command})`,
  });
}

// Renamed before it is removed, so that a socket which another router has just put there can be given back.
function discard(doing: string, path: string, stale: Stats): void {
  const aside = `${path}.stale-${process.pid}`;
  renameSync(path, aside);
  if (lstatSync(aside).ino !== stale.ino) {
    renameSync(aside, path);
    throw socketTaken(doing, path);
  }
  unlinkSync(aside);
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED' || error.code === 'ENOENT') resolve(false);
      else if (error.code === 'EAGAIN')
        resolve(true); // it listens, and its queue is full
      else reject(error);
    });
  });
}

function notSocket(doing: string, found: Stats): ApiError {
  return new ApiError('ENOTSOCK', {
    doing,
    expected: 'a socket or nothing there',
    received: found.isDirectory() ? 'a directory' : 'another kind of file',
  });
}
