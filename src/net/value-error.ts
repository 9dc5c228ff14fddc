/** Says that a text or a run of bytes is not the value that was expected. */
export class ValueError extends Error {
  override readonly name = 'ValueError';
  readonly code = 'EINVAL';
  readonly expected: string;
  readonly received: string;

  constructor(problem: { readonly expected: string; readonly received: string; readonly because?: string }) {
    const because = problem.because === undefined ? '' : `: ${problem.because}`;
    super(`expected ${problem.expected}, got ${problem.received}${because}`);
    this.expected = problem.expected;
    this.received = problem.received;
  }
}

/** Quotes a text for an error message and shortens it to what a line can hold. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 77)}...` : text);
}
