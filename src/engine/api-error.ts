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
    const doing = shortened(problem.doing);
    const expected = shortened(problem.expected);
    const received = shortened(problem.received);
    super(`${doing}: expected ${expected}, got ${received}`, options);
    this.code = code;
    this.doing = doing;
    this.expected = expected;
    this.received = received;
  }
}

/** Keeps both ends of a text: what somebody has sent may be megabytes long, an error goes in a header and a log line. */
export function shortened(text: string, most = 1000): string {
  if (text.length <= most) return text;
  const half = most / 2;
  return `${text.slice(0, half)} … ${text.slice(-half)} (${text.length} characters)`.toWellFormed();
}
