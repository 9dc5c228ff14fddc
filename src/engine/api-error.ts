import type { ErrnoName } from '../net/errno.ts';

/** Says in an error what was expected, what came and what was being done. */
export interface Problem {
  readonly doing: string;
  readonly expected: string;
  readonly received: string;
}

/** Fails an API call with an errno that the client can show and act upon. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: ErrnoName;
  readonly doing: string;
  readonly expected: string;
  readonly received: string;

  constructor(code: ErrnoName, problem: Problem, options?: ErrorOptions) {
    super(`${problem.doing}: expected ${problem.expected}, got ${problem.received}`, options);
    this.code = code;
    this.doing = problem.doing;
    this.expected = problem.expected;
    this.received = problem.received;
  }
}
