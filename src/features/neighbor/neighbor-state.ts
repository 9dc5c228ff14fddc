import { type Mac, sameMac } from '../../net/mac.ts';
import type { NeighborConfig } from './config.ts';

// The life of a neighbour, as a pure function (RFC 4861 7.3 in the words of `nexthop show`):
//
//   new ─packet─► pending ─heard─► reachable ─silent for `lifetime`─► stale ─used─► stale, asking
//                    │                 ▲                                                │
//                    │ no answer       └───────────────heard────────────────────────────┤
//                    ▼                                                        no answer │
//                  failed ◄─────────────────────────────────────────────────────────────┘
//                    └─for `unreachable`─► forgotten, unless somebody needs it

export type NeighborState = 'new' | 'pending' | 'reachable' | 'stale' | 'failed';

/** What is known of a neighbour. Times are milliseconds of one clock. */
export interface Neighbor {
  readonly state: NeighborState;
  /** Where packets for it go: known in the states reachable and stale. */
  readonly mac: Mac | undefined;
  /** Its MAC address was given: it is never asked for and never changes. */
  readonly fixed: boolean;
  /** Questions asked since it last answered. */
  readonly probes: number;
  /** When its state began. */
  readonly sinceMs: number;
  /** When it was last heard. */
  readonly heardMs: number | undefined;
  /** When it wants a `timeout`. */
  readonly dueMs: number | undefined;
}

export type NeighborEvent =
  /** A packet waits for it. */
  | { readonly type: 'packet' }
  /** It has spoken. */
  | {
      readonly type: 'heard';
      /** Its MAC address, where it named one. */
      readonly mac: Mac | undefined;
      /** It answers us, or asks us: it is there. */
      readonly confirms: boolean;
      /** A MAC address that differs from the one we know replaces it. */
      readonly replaces: boolean;
    }
  /** The time it asked for has come; `used` tells whether packets have gone to it since it became stale. */
  | { readonly type: 'timeout'; readonly used: boolean }
  /** How neighbours are kept has changed. */
  | { readonly type: 'configured' };

/** What is to be done about a neighbour: ask it alone, ask the whole link, send or give up what was held, forget it. */
export type NeighborAction = 'ask-neighbor' | 'ask-link' | 'send-held' | 'drop-held' | 'forget';

export interface NeighborStep {
  readonly neighbor: Neighbor;
  readonly actions: readonly NeighborAction[];
}

/** What a step depends on beside the neighbour itself. */
export interface StepContext {
  readonly nowMs: number;
  readonly config: NeighborConfig;
  /** Somebody needs it, even when it is not there: it is not forgotten. */
  readonly kept: boolean;
}

/** Time between two questions (RFC 4861 10, RetransTimer). */
export const PROBE_MS = 1000;
/** How often a stale neighbour is looked at for use (RFC 4861 10, DELAY_FIRST_PROBE_TIME). */
export const STALE_CHECK_MS = 5000;
/** How often a failed neighbour is asked for again. */
export const FAILED_PROBE_MS = 10_000;

/** Makes a neighbour that nothing is known of, or whose MAC address is given for ever. */
export function newNeighbor(nowMs: number, fixedMac?: Mac): Neighbor {
  return {
    state: fixedMac ? 'reachable' : 'new',
    mac: fixedMac,
    fixed: fixedMac !== undefined,
    probes: 0,
    sinceMs: nowMs,
    heardMs: undefined,
    dueMs: undefined,
  };
}

/** Takes a neighbour through one event. */
export function stepNeighbor(neighbor: Neighbor, event: NeighborEvent, context: StepContext): NeighborStep {
  switch (event.type) {
    case 'packet':
      return onPacket(neighbor, context);
    case 'heard':
      return neighbor.fixed ? stay(neighbor) : onHeard(neighbor, event, context);
    case 'timeout':
      return onTimeout(neighbor, event.used, context);
    case 'configured':
      return stay({ ...neighbor, dueMs: dueAfterChange(neighbor, context) });
  }
}

function onPacket(neighbor: Neighbor, context: StepContext): NeighborStep {
  switch (neighbor.state) {
    case 'new':
      return ask(enter(neighbor, 'pending', context.nowMs), context);
    case 'pending':
      return stay(neighbor);
    case 'reachable':
    case 'stale':
      return stay(neighbor, 'send-held');
    case 'failed':
      return stay(neighbor, 'drop-held');
  }
}

/** RFC 4861 7.2.3 and 7.2.5; ARP has the same rules here. */
function onHeard(
  neighbor: Neighbor,
  heard: Extract<NeighborEvent, { type: 'heard' }>,
  { nowMs, config }: StepContext,
): NeighborStep {
  const known = neighbor.state === 'reachable' || neighbor.state === 'stale' ? neighbor.mac : undefined;
  if (known === undefined) {
    if (heard.mac === undefined) return stay(neighbor);
    const learned = { ...neighbor, mac: heard.mac, heardMs: nowMs };
    return stay(settle(learned, heard.confirms, nowMs, config), 'send-held');
  }
  const differs = heard.mac !== undefined && !sameMac(heard.mac, known);
  if (differs && !heard.replaces) {
    return stay(neighbor.state === 'reachable' ? settle(neighbor, false, nowMs, config) : neighbor);
  }
  const updated = { ...neighbor, mac: heard.mac ?? known, heardMs: nowMs };
  if (heard.confirms || differs) return stay(settle(updated, heard.confirms, nowMs, config));
  return stay(updated);
}

function onTimeout(neighbor: Neighbor, used: boolean, context: StepContext): NeighborStep {
  const { nowMs, config, kept } = context;
  const inStateMs = nowMs - neighbor.sinceMs;
  switch (neighbor.state) {
    case 'new':
      return stay({ ...neighbor, dueMs: undefined });
    case 'pending':
      return ask(neighbor, context);
    case 'reachable':
      return stay(
        neighbor.fixed ? { ...neighbor, dueMs: undefined } : settle(neighbor, false, nowMs, config),
      );
    case 'stale':
      if (neighbor.probes > 0 || used) return ask(neighbor, context);
      if (!kept && inStateMs >= config.lifetime * 1000) return stay(neighbor, 'forget');
      return stay({ ...neighbor, dueMs: nowMs + STALE_CHECK_MS });
    case 'failed':
      if (!kept && inStateMs >= config.unreachable * 1000) return stay(neighbor, 'forget');
      return stay({ ...neighbor, dueMs: failedDue(neighbor, context) }, 'ask-link');
  }
}

/** A stale neighbour is looked at soon anyway, and questions that were asked keep their time. */
function dueAfterChange(neighbor: Neighbor, context: StepContext): number | undefined {
  const { state, sinceMs, fixed } = neighbor;
  if (state === 'failed') return failedDue(neighbor, context);
  if (state === 'reachable' && !fixed) return sinceMs + context.config.lifetime * 1000;
  return neighbor.dueMs;
}

/** Asks once more, the neighbour itself first where its MAC address is known; fails when all has been tried. */
function ask(neighbor: Neighbor, context: StepContext): NeighborStep {
  const { ucastProbes, bcastProbes } = context.config;
  const ucast = neighbor.mac === undefined ? 0 : ucastProbes;
  if (neighbor.probes >= ucast + bcastProbes) return fail(neighbor, context);
  const asking = { ...neighbor, probes: neighbor.probes + 1, dueMs: context.nowMs + PROBE_MS };
  return stay(asking, neighbor.probes < ucast ? 'ask-neighbor' : 'ask-link');
}

function fail(neighbor: Neighbor, context: StepContext): NeighborStep {
  const failed = { ...enter(neighbor, 'failed', context.nowMs), mac: undefined };
  return stay({ ...failed, dueMs: failedDue(failed, context) }, 'drop-held');
}

function failedDue(failed: Neighbor, { nowMs, config, kept }: StepContext): number {
  const next = nowMs + FAILED_PROBE_MS;
  return kept ? next : Math.min(next, failed.sinceMs + config.unreachable * 1000);
}

/** Puts a neighbour whose MAC address is known into the state that this knowledge deserves. */
function settle(neighbor: Neighbor, confirmed: boolean, nowMs: number, config: NeighborConfig): Neighbor {
  if (confirmed) {
    return { ...enter(neighbor, 'reachable', nowMs), dueMs: nowMs + config.lifetime * 1000 };
  }
  return { ...enter(neighbor, 'stale', nowMs), dueMs: nowMs + STALE_CHECK_MS };
}

function enter(neighbor: Neighbor, state: NeighborState, nowMs: number): Neighbor {
  return { ...neighbor, state, probes: 0, sinceMs: nowMs };
}

function stay(neighbor: Neighbor, ...actions: NeighborAction[]): NeighborStep {
  return { neighbor, actions };
}
