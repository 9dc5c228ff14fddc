import { ApiError } from '../../engine/api-error.ts';
import {
  MAX_SESSIONS,
  STATE_CLOSED,
  STATE_ESTABLISHED_TCP,
  STATE_ESTABLISHED_UDP,
  STATE_HALF_CLOSE,
  STATE_NEW,
  STATE_TIME_WAIT,
} from './layout.ts';

/** Most sessions, and after how many seconds without a packet one is given up, by its state. */
export interface ConntrackConfig {
  readonly max: number;
  readonly closedTimeout: number;
  readonly newTimeout: number;
  readonly establishedUdpTimeout: number;
  readonly establishedTcpTimeout: number;
  readonly halfCloseTimeout: number;
  readonly timeWaitTimeout: number;
}

export const defaultConfig: ConntrackConfig = {
  max: MAX_SESSIONS,
  closedTimeout: 5,
  newTimeout: 5,
  establishedUdpTimeout: 30,
  establishedTcpTimeout: 300,
  halfCloseTimeout: 120,
  timeWaitTimeout: 30,
};

/** Where the timeout of each state is written. */
export const timeoutPlaces: readonly (readonly [number, Exclude<keyof ConntrackConfig, 'max'>])[] = [
  [STATE_CLOSED, 'closedTimeout'],
  [STATE_NEW, 'newTimeout'],
  [STATE_ESTABLISHED_UDP, 'establishedUdpTimeout'],
  [STATE_ESTABLISHED_TCP, 'establishedTcpTimeout'],
  [STATE_HALF_CLOSE, 'halfCloseTimeout'],
  [STATE_TIME_WAIT, 'timeWaitTimeout'],
];

/** A day: longer than RFC 5382 asks for, and shorter than the clock of sessions goes round. */
export const LONGEST_TIMEOUT_S = 86400;

/** @throws ApiError ERANGE */
export function checkConfig(config: ConntrackConfig): ConntrackConfig {
  const doing = 'configure conntrack';
  checkRange(doing, `a max of 1 to ${MAX_SESSIONS}`, config.max, MAX_SESSIONS);
  for (const [, name] of timeoutPlaces)
    checkRange(doing, `timeouts of 1 to ${LONGEST_TIMEOUT_S} seconds`, config[name], LONGEST_TIMEOUT_S);
  return config;
}

function checkRange(doing: string, expected: string, value: number, most: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= most) return;
  throw new ApiError('ERANGE', { doing, expected, received: String(value) });
}
