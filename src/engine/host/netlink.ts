import { addon } from './dpdk-addon.ts';
import { checkText } from './dpdk-error.ts';

/**
 * Sends messages to the kernel's rtnetlink, one after another until it refuses one, in the network namespace at a path
 * or in our own; resolves to all that it answered. The numbers of the messages are set on the way.
 *
 * @throws DpdkError ENOENT and others of open(2) and setns(2), EINVAL, ETIMEDOUT
 */
export async function netlinkExchange(messages: Uint8Array, netns?: string): Promise<Buffer> {
  if (netns === undefined) return addon().netlinkExchange(messages);
  checkText('talk to rtnetlink', 'netns', netns, 4095);
  return addon().netlinkExchange(messages, netns);
}
