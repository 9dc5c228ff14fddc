import type { AttachmentRecord } from '../pod/index.ts';
import { CniError } from './cni-error.ts';

/** Checks that attachments still have the addresses of the result that the runtime remembers. @throws CniError */
export function checkPrevious(records: readonly AttachmentRecord[], previous: unknown): void {
  if (previous === undefined) {
    const details = 'expected prevResult, the result of ADD, got none';
    throw new CniError('invalidConfiguration', 'there is nothing to check against', details);
  }
  const ips: unknown = Object(previous).ips;
  const remembered = Array.isArray(ips) ? ips.map((ip) => String(Object(ip).address)) : [];
  const all = records.flatMap(({ addresses }) => addresses);
  const own = new Set(all.map(({ address, length }) => `${address}/${length}`));
  const lost = remembered.find((address) => !own.has(address));
  if (lost === undefined) return;
  const details = `expected the address ${lost} of prevResult, got ${[...own].join(', ')}`;
  throw new CniError('io', 'the attachment is not what ADD has made', details);
}
