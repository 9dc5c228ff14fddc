import { sameAddress } from '../../net/address.ts';
import type { Mac } from '../../net/mac.ts';
import { sameMac } from '../../net/mac.ts';
import { type Lease, leaseIn } from './lease.ts';
import type { ServerMessage } from './message.ts';

/** Where a client is in its life (RFC 2131 4.4, figure 5); INIT is left at once. */
export type ClientState =
  | 'selecting'
  | 'requesting'
  /** It has been given an address, and asks the link whether somebody has that (RFC 2131 4.4.1). */
  | 'probing'
  | 'rebooting'
  | 'bound'
  | 'renewing'
  | 'rebinding';

/** A client, a value; times are milliseconds of one clock. */
export interface Client {
  readonly state: ClientState;
  readonly xid: number;
  /** When it began to ask, when it has asked last, and when it does something next. */
  readonly beganMs: number;
  readonly askedMs: number;
  readonly dueMs: number;
  /** Times that it has asked in this state. */
  readonly tries: number;
  /** What it has been offered, or given and not yet taken. */
  readonly offer?: Lease | undefined;
  readonly lease?: Lease | undefined;
}

/** What is to be done besides. */
export type Action = 'ask' | 'probe' | 'take' | 'lose' | 'refused' | 'decline';

/** What became of a client, and what is to be done for it, in order. */
export interface Step {
  readonly client: Client;
  readonly actions: readonly Action[];
}

/** When it is, and chance: 0 to 1. */
export interface Now {
  readonly nowMs: number;
  readonly random: number;
}

/** Begins from nothing: asks whoever is there. */
export function begin(now: Now, waitMs = 0): Step {
  const { nowMs, random } = now;
  const client: Client = {
    state: 'selecting',
    xid: Math.floor(random * 0x1_0000_0000) >>> 0,
    beganMs: nowMs,
    askedMs: nowMs,
    dueMs: nowMs + waitMs,
    tries: 0,
  };
  return waitMs > 0 ? { client, actions: [] } : ask(client, now);
}

/** The link has come up: one that has a lease asks whether that is good here too (RFC 2131 3.2). */
export function reboot(client: Client, now: Now): Step {
  if (!client.lease) return begin(now);
  return ask({ ...client, state: 'rebooting', beganMs: now.nowMs, tries: 0 }, now);
}

/** What a client does when its time has come. */
export function due(client: Client, now: Now): Step {
  const { state, lease, offer, tries } = client;
  if (lease && now.nowMs >= lease.expiresMs) return lose(now);
  if (state === 'probing' && offer)
    return tries < PROBES ? probe(client, now) : take({ ...client, lease: offer }, now);
  if (state === 'requesting' && tries >= MOST_REQUESTS) return begin(now);
  if (state === 'rebooting' && tries >= MOST_REBOOTS && lease) return settle({ ...client, lease }, now);
  if (lease && (state === 'bound' || state === 'renewing')) {
    const next = now.nowMs >= lease.rebindMs ? 'rebinding' : 'renewing';
    const fresh = next === state ? {} : { state: next, tries: 0, beganMs: now.nowMs };
    return ask({ ...client, ...fresh } as Client, now);
  }
  return ask(client, now);
}

/** What a client makes of a server's message; undefined when it is not for it, or not now. */
export function heard(client: Client, message: ServerMessage, own: Mac, now: Now): Step | undefined {
  if (message.xid !== client.xid || !sameMac(message.mac, own)) return undefined;
  if (message.kind === 'offer') return takeOffer(client, message, now);
  if (['selecting', 'probing', 'bound'].includes(client.state)) return undefined;
  if (message.kind === 'nak') return refused(now, client);
  return takeConsent(client, message, now);
}

/** Somebody else has the address: it is given back, and another asked for later (RFC 2131 3.1 (5)). */
export function decline({ lease }: Client, now: Now): Step {
  const { client } = begin(now, AFTER_DECLINE_MS);
  return { client, actions: lease ? ['decline', 'lose'] : ['decline'] };
}

/** Retransmissions wait 4, 8, 16, 32, 64 seconds, a second more or less (RFC 2131 4.1). */
const FIRST_WAIT_MS = 4000;
const LONGEST_WAIT_MS = 64_000;
const LEAST_RENEWAL_MS = 60_000;
const MOST_REQUESTS = 4;
const MOST_REBOOTS = 2;
/** A server that refuses again and again is not asked faster than this. */
const AFTER_REFUSAL_MS = 1000;
/** The least wait of RFC 2131 3.1 (5). */
const AFTER_DECLINE_MS = 10_000;
/** As often, and so far apart, the link is asked who has an address. */
const PROBES = 3;
const PROBE_WAIT_MS = 300;

function takeOffer(client: Client, message: ServerMessage, now: Now): Step | undefined {
  const offer = client.state === 'selecting' ? leaseIn(message, now.nowMs) : undefined;
  return offer && ask({ ...client, state: 'requesting', tries: 0, offer }, now);
}

function takeConsent(client: Client, message: ServerMessage, now: Now): Step | undefined {
  const lease = leaseIn(message, client.askedMs);
  if (!lease || now.nowMs >= lease.expiresMs) return undefined;
  const isHeld = client.lease && sameAddress(client.lease.prefix.address, lease.prefix.address);
  if (isHeld) return take({ ...client, lease }, now);
  return probe({ ...client, state: 'probing', offer: lease, tries: 0 }, now);
}

function probe(client: Client, { nowMs }: Now): Step {
  return {
    client: { ...client, tries: client.tries + 1, dueMs: nowMs + PROBE_WAIT_MS },
    actions: ['probe'],
  };
}

function take(client: Client & { readonly lease: Lease }, now: Now): Step {
  return { client: settle(client, now).client, actions: ['take'] };
}

function refused(now: Now, { lease }: Client): Step {
  const { client } = begin(now, AFTER_REFUSAL_MS);
  return { client, actions: lease ? ['refused', 'lose'] : ['refused'] };
}

function lose(now: Now): Step {
  const { client, actions } = begin(now);
  return { client, actions: ['lose', ...actions] };
}

/** Rests until the lease is to be renewed. */
function settle(client: Client & { readonly lease: Lease }, { nowMs }: Now): Step {
  const dueMs = Math.max(client.lease.renewMs, nowMs);
  return { client: { ...client, state: 'bound', offer: undefined, tries: 0, dueMs }, actions: [] };
}

function ask(client: Client, now: Now): Step {
  const asked = { ...client, askedMs: now.nowMs, tries: client.tries + 1 };
  return { client: { ...asked, dueMs: nextMs(asked, now) }, actions: ['ask'] };
}

/** One who has a lease waits for half of what is left until the next state, a minute at least (RFC 2131 4.4.5). */
function nextMs({ state, lease, tries }: Client, { nowMs, random }: Now): number {
  if (lease && (state === 'renewing' || state === 'rebinding')) {
    const endMs = state === 'renewing' ? lease.rebindMs : lease.expiresMs;
    return Math.min(endMs, nowMs + Math.max(LEAST_RENEWAL_MS, (endMs - nowMs) / 2));
  }
  const waitMs = Math.min(FIRST_WAIT_MS * 2 ** (tries - 1), LONGEST_WAIT_MS) + (random * 2 - 1) * 1000;
  return Math.min(nowMs + waitMs, lease?.expiresMs ?? Number.POSITIVE_INFINITY);
}
