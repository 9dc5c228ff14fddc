import { ApiError } from '../../engine/api-error.ts';
import { MAX_LABELS, MOST_PUSHED } from './layout.ts';

/** What becomes of packets with a label: a value, replaced whenever something of it changes. */
export interface Label {
  readonly label: number;
  readonly target: LabelTarget;
}

export type LabelTarget = VrfTarget | NextHopTarget | SwapTarget | InterfaceTarget;

/** The payload is routed in a VRF. */
export interface VrfTarget {
  readonly type: 'vrf';
  readonly vrf: number;
}

/** What is behind the label goes to a next hop, by its index. */
export interface NextHopTarget {
  readonly type: 'nexthop';
  readonly nextHop: number;
}

/** Other labels, outermost first, take its place, and the packet goes to a next hop, by its index. */
export interface SwapTarget {
  readonly type: 'swap';
  readonly labels: readonly number[];
  readonly nextHop: number;
}

/** The payload is a frame that an interface receives. */
export interface InterfaceTarget {
  readonly type: 'iface';
  readonly iface: number;
  /** A control word of four bytes is in front of the frame (RFC 4385). */
  readonly controlWord: boolean;
}

/** Labels from this one on mean what somebody says (RFC 3032 2.1). */
export const FIRST_LABEL = 16;
export const LAST_LABEL = MAX_LABELS - 1;

/** Checks a label that may be given a meaning. @throws ApiError EINVAL */
export function checkLabel(doing: string, label: number): void {
  if (Number.isInteger(label) && label >= FIRST_LABEL && label <= LAST_LABEL) return;
  const expected = `a label from ${FIRST_LABEL} to ${LAST_LABEL}`;
  throw new ApiError('EINVAL', { doing, expected, received: String(label) });
}

/** Checks labels that are to be pushed; explicit nulls are among those that may be. @throws ApiError EINVAL, E2BIG */
export function checkPushed(doing: string, labels: readonly number[]): void {
  if (labels.length === 0 || labels.length > MOST_PUSHED) {
    const expected = `1 to ${MOST_PUSHED} labels`;
    throw new ApiError(labels.length === 0 ? 'EINVAL' : 'E2BIG', {
      doing,
      expected,
      received: String(labels.length),
    });
  }
  for (const label of labels) if (!EXPLICIT_NULLS.has(label)) checkLabel(doing, label);
}

/** They say that an IPv4 or IPv6 packet is behind them (RFC 3032 2.1). */
const EXPLICIT_NULLS = new Set([0, 2]);
