import { setTimeout as delay } from 'node:timers/promises';
import type { NetlinkAnswer } from '../../../engine/host/netlink-message.ts';
import { type IpAddress, parseAddress } from '../../../net/address.ts';
import { type AttachmentRecord, keyText } from '../attachment-record.ts';
import { askForRoute, ROUTE_TYPE, readRouteTypes } from '../netlink/addresses.ts';
import { exchange, type Step } from '../netlink/exchange.ts';

/** What asks a container's kernel whether it takes in what comes for its IPv6 addresses; the answers are for `untilOwn`. */
export function askWhetherOwn(record: AttachmentRecord): readonly Step[] {
  const addresses = lateAddresses(record);
  return addresses.length === 0 ? [] : [{ enter: record.netns }, ...addresses.map(askForRoute)];
}

/**
 * Waits until a container's kernel takes in what comes for its IPv6 addresses. The kernel has an address as soon as it
 * is given one, and sends from it, but makes the route by which it is the kernel's own later, in a work queue: an answer
 * that comes between is dropped, and asked for again after a second.
 *
 * @param answers those to `askWhetherOwn`, if somebody has asked before @throws PodError unknown, host
 */
export async function untilOwn(
  record: AttachmentRecord,
  answers: readonly NetlinkAnswer[] = [],
): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  if (areOwn(record, answers)) return;
  while (!(await askedOnceMore(record)) && performance.now() < deadline) await delay(PAUSE_MS);
}

const PAUSE_MS = 1;
/** A container that is late all the same is not refused: it asks again by itself. */
const PATIENCE_MS = 1000;

async function askedOnceMore(record: AttachmentRecord): Promise<boolean> {
  return areOwn(record, await exchange(askWhetherOwn(record), { doing: `attach ${keyText(record)}` }));
}

function areOwn(record: AttachmentRecord, answers: readonly NetlinkAnswer[]): boolean {
  const own = readRouteTypes(answers).filter((type) => type === ROUTE_TYPE.LOCAL);
  return own.length === lateAddresses(record).length;
}

function lateAddresses({ addresses }: AttachmentRecord): readonly IpAddress[] {
  return addresses.map(({ address }) => parseAddress(address)).filter(({ family }) => family === 'ipv6');
}
