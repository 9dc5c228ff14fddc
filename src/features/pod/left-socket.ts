import { lstatSync, rmSync } from 'node:fs';
import { sendDatagram } from '../../engine/host/datagram.ts';

/**
 * Removes a stream socket that nobody listens on any more, and tells whether it did. Who still listens hears nothing
 * of the question: a datagram to a socket of streams fails as such, and before anything is delivered (unix(7)).
 */
export function removeIfLeft(path: string): boolean {
  if (!lstatSync(path, { throwIfNoEntry: false })?.isSocket()) return false;
  try {
    sendDatagram(path, '?');
    return false;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED')) return false;
    rmSync(path, { force: true });
    return true;
  }
}
