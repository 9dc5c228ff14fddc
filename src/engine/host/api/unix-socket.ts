import { chmodSync, chownSync, mkdirSync } from 'node:fs';
import type { Server } from 'node:net';
import { dirname } from 'node:path';
import { ApiError } from '../../api-error.ts';
import { removeStaleSocket, socketTaken } from './stale-socket.ts';

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
  await removeStaleSocket(doing(place.path), place.path);
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

function bind(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException) => {
      reject(error.code === 'EADDRINUSE' ? socketTaken(doing(path), path) : error);
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

function doing(path: string): string {
  return `opening the API socket ${path}`;
}
