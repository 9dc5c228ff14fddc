import { RemoteError } from '../../engine/client/remote-error.ts';
import { PodError, type PodErrorCode } from '../pod/index.ts';

/** The error codes of the CNI specification 1.1, and our own from 100 on. */
export const codes = {
  incompatibleVersion: 1,
  unsupportedField: 2,
  unknownContainer: 3,
  invalidEnvironment: 4,
  io: 5,
  undecodable: 6,
  invalidConfiguration: 7,
  tryAgain: 11,
  notAvailable: 50,
  exists: 100,
  full: 101,
  corrupt: 102,
  refused: 103,
} as const;

/** What a CNI call that failed answers. */
export class CniError extends Error {
  override readonly name = 'CniError';
  readonly code: number;
  readonly details: string;

  constructor(code: keyof typeof codes, message: string, details: string) {
    super(message);
    this.code = codes[code];
    this.details = details;
  }
}

/** Turns any failure into an answer of CNI. */
export function cniErrorOf(error: unknown): CniError {
  if (error instanceof CniError) return error;
  if (error instanceof PodError)
    return new CniError(ofPods[error.code], 'the attachment failed', error.message);
  const details = error instanceof Error ? error.message : String(error);
  if (!(error instanceof RemoteError)) return new CniError('io', 'the agent failed', details);
  if (unreachable.has(error.code)) return new CniError('tryAgain', 'the router does not answer', details);
  return new CniError('refused', 'the router refused', `${details} (${error.code})`);
}

const ofPods: Readonly<Record<PodErrorCode, keyof typeof codes>> = {
  exists: 'exists',
  unknown: 'unknownContainer',
  invalid: 'invalidConfiguration',
  full: 'full',
  busy: 'tryAgain',
  host: 'io',
  corrupt: 'corrupt',
};

const unreachable: ReadonlySet<string> = new Set([
  'ENOENT',
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'EAGAIN',
  'ETIMEDOUT',
]);
