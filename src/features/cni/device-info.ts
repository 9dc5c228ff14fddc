import { mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { replaceFile } from '../../engine/host/replace-file.ts';
import { type AttachmentRecord, containerSocket } from '../pod/index.ts';

/**
 * Writes what kind of device an interface is into the file that a meta plugin names (capability CNIDeviceInfoFile), and
 * copies from there into the pod's status: device information 1.1.0 of the Network Plumbing Working Group, as the pod
 * sees it. The kernel's interfaces have none.
 */
export function writeDeviceInfo(file: string | undefined, record: AttachmentRecord | undefined): void {
  const information = record && deviceInfo(record);
  if (file === undefined || information === undefined) return;
  mkdirSync(dirname(file), { recursive: true });
  replaceFile(file, `${JSON.stringify({ version: '1.1.0', ...information })}\n`, 0o644);
}

export function removeDeviceInfo(file: string | undefined): void {
  if (file !== undefined) rmSync(file, { force: true });
}

/** A client of vhost-user finds the socket there; a server has to make it. */
function deviceInfo(record: AttachmentRecord): object | undefined {
  const path = containerSocket(record);
  switch (record.kind) {
    case 'vhost-user': {
      const mode = record.socketOwner === 'pod' ? 'server' : 'client';
      return { type: 'vhost-user', 'vhost-user': { mode, path } };
    }
    case 'memif':
      return { type: 'memif', memif: { role: 'slave', path, mode: 'ethernet' } };
    default:
      return undefined;
  }
}
