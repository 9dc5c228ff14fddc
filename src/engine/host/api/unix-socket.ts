import { chmodSync, chownSync, lstatSync, mkdirSync, renameSync, type Stats, unlinkSync } from 'node:fs';
import { connect, type Server } from 'node:net';
import { dirname } from 'node:path';
import { ApiError } from '../../api-error.ts';
import { findListener } from './unix-socket-holder.ts';

/** Where a UNIX socket lives and who may connect to it. */
export interface UnixSocketPlace {
  readonly path: string;
  /** Permission bits, e.g. 0o660. */
  readonly mode: number;
  readonly owner?: { readonly user?: number; readonly group?: number } | undefined;
}

/**
 * Makes a server listen on a UNIX socket that never has wider permissions than asked for.
 *
 * A socket file that nobody listens on is replaced; throws EADDRINUSE when somebody does.
 */
export async function listenOnUnixSocket(server: Server, place: UnixSocketPlace): Promise<void> {
  checkPath(place.path);
  mkdirSync(dirname(place.path), { recursive: true, mode: 0o755 });
  await removeStale(place.path);
  await bind(server, place.path);
  if (place.owner !== undefined) chownSync(place.path, place.owner.user ?? -1, place.owner.group ?? -1);
  chmodSync(place.path, place.mode);
}

// sun_path of unix(7) holds 108 bytes, the last of which is a zero.
const longestPath = 107;

function checkPath(path: string): void {
  const length = Buffer.byteLength(path);
  if (length > 0 && length <= longestPath && !path.includes('\0')) return;
  throw new ApiError('ENAMETOOLONG', {
    doing: 'opening the API socket',
    expected: `a path of 1 to ${longestPath} bytes`,
    received: `one of ${length} bytes: ${JSON.stringify(path)}`,
  });
}

async function removeStale(path: string): Promise<void> {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (!found.isSocket()) throw notSocket(path, found);
  if (await answers(path)) throw taken(path);
  discard(path, found);
}

// Renamed before it is removed, so that a socket which another router has just put there can be given back.
function discard(path: string, stale: Stats): void {
  const aside = `${path}.stale-${process.pid}`;
  renameSync(path, aside);
  if (lstatSync(aside).ino !== stale.ino) {
    renameSync(aside, path);
    throw taken(path);
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

function bind(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException) => {
      reject(error.code === 'EADDRINUSE' ? taken(path) : error);
    };
    server.once('error', onError);
    // Node.js binds before listen() returns, so nobody else's file is made under this mask.
    const previous = process.umask(0o777);
    try {
      server.listen({ path }, () => {
        server.off('error', onError);
        resolve();
      });
    } finally {
      process.umask(previous);
    }
  });
}

function taken(path: string): ApiError {
  const holder = findListener(path);
  return new ApiError('EADDRINUSE', {
    doing: `opening the API socket ${path}`,
    expected: 'a socket that no other router listens on',
    received:
      holder === undefined ? 'one that is in use' : `one in use by process ${holder.pid} (${holder.command})`,
  });
}

function notSocket(path: string, found: Stats): ApiError {
  return new ApiError('ENOTSOCK', {
    doing: `opening the API socket ${path}`,
    expected: 'a socket or nothing there',
    received: found.isDirectory() ? 'a directory' : 'another kind of file',
  });
}
