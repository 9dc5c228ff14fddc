import { type Problem, shortened } from '../../engine/api-error.ts';

/** Why an attachment could not be made or undone, in the classes that callers tell apart. */
export type PodErrorCode = 'exists' | 'unknown' | 'invalid' | 'full' | 'busy' | 'host' | 'corrupt';

/** Says what was being done, what was expected and what came. */
export class PodError extends Error {
  override readonly name = 'PodError';
  readonly code: PodErrorCode;

  constructor(code: PodErrorCode, { doing, expected, received }: Problem, options?: ErrorOptions) {
    super(`${doing}: expected ${shortened(expected)}, got ${shortened(received)}`, options);
    this.code = code;
  }
}
