import { setTimeout as delay } from 'node:timers/promises';
import { type IpAddress, parseAddress } from '../../../net/address.ts';
import { type AttachmentRecord, keyText } from '../attachment-record.ts';
import { askForRoute, ROUTE_TYPE, readRouteTypes } from '../netlink/addresses.ts';
import { exchange } from '../netlink/exchange.ts';

/**
 * Waits until a container's kernel takes in what comes for its IPv6 addresses. The kernel has an address as soon as it
 * is given one, and sends from it, but makes the route by which it is the kernel's own later, in a work queue: an answer
 * that comes between is dropped, and asked for again after a second.
 *
 * @throws PodError unknown, host
 */
export async function untilOwn(record: AttachmentRecord): Promise<void> {
  const addresses = record.addresses.map(({ address }) => parseAddress(address));
  const late = addresses.filter(({ family }) => family === 'ipv6');
  const deadline = performance.now() + PATIENCE_MS;
  while (late.length > 0 && performance.now() < deadline) {
    if (await areOwn(record, late)) return;
    await delay(PAUSE_MS);
  }
}

const PAUSE_MS = 1;
/** A container that is late all the same is not refused: it asks again by itself. */
const PATIENCE_MS = 1000;

async function areOwn(record: AttachmentRecord, addresses: readonly IpAddress[]): Promise<boolean> {
  const steps = [{ enter: record.netns }, ...addresses.map(askForRoute)];
  const fine = ['ENETUNREACH', 'EHOSTUNREACH'];
  const types = readRouteTypes(await exchange(steps, { doing: `attach ${keyText(record)}`, fine }));
  return types.filter((type) => type === ROUTE_TYPE.LOCAL).length === addresses.length;
}
