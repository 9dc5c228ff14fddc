import { writeFile } from 'node:fs/promises';

/** Keeps the host's own IPv6 out of a device that only passes a container's frames on: it would say its own on it. */
export async function leaveToContainer(device: string): Promise<void> {
  try {
    await writeFile(`/proc/sys/net/ipv6/conf/${device}/disable_ipv6`, '1');
  } catch {
    // A host without IPv6 says nothing anyway.
  }
}
