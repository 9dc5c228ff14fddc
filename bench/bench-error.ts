/** What went wrong in a benchmark, with a code that scripts may test. */
export class BenchError extends Error {
  override readonly name = 'BenchError';
  readonly code: string;

  constructor(code: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.code = code;
  }
}

/** Returns a sentence for whatever was thrown. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
