import { addon } from './dpdk-addon.ts';
import { checkText } from './dpdk-error.ts';

/** A part of an exchange with rtnetlink, which begins in our own network namespace. */
export type NetlinkStep =
  | { readonly bytes: Uint8Array }
  /** The path of the network namespace in which all that follows is done. */
  | { readonly enter: string }
  /** A file of /proc, and what is written to it; where the kernel has no such file there is nothing to do. */
  | { readonly write: string; readonly text: string };

/**
 * Takes one step after another until the kernel refuses a message; resolves to all that it answered. The numbers of the
 * messages are set on the way.
 *
 * @throws DpdkError ENOENT and others of open(2), write(2) and setns(2), EINVAL, ETIMEDOUT
 */
export async function netlinkExchange(steps: readonly NetlinkStep[]): Promise<Buffer> {
  return addon().netlinkExchange(Buffer.concat(steps.map(stepBytes)));
}

// As native/netlink-script.c has them.
const MESSAGE = 1;
const ENTER = 2;
const WRITE = 3;
const HEADER_BYTES = 8;
const LONGEST_PATH = 4095;

function stepBytes(step: NetlinkStep): Buffer {
  if ('bytes' in step) return framed(MESSAGE, step.bytes);
  if ('enter' in step) {
    checkText('talk to rtnetlink', 'netns', step.enter, LONGEST_PATH);
    return framed(ENTER, Buffer.from(step.enter));
  }
  checkText('talk to rtnetlink', 'file', step.write, LONGEST_PATH);
  return framed(WRITE, Buffer.from(`${step.write}\0${step.text}`));
}

/** | kind 4 | length 4 | bytes, padded to 4 | */
function framed(kind: number, bytes: Uint8Array): Buffer {
  const step = Buffer.alloc(HEADER_BYTES + ((bytes.length + 3) & ~3));
  step.writeUInt32LE(kind, 0);
  step.writeUInt32LE(bytes.length, 4);
  step.set(bytes, HEADER_BYTES);
  return step;
}
