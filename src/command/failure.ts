import { type ErrnoName, errnoNumber, errnoSentence, isErrnoName } from '../net/errno.ts';

/** Says that a command was understood but could not be done. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';
  readonly code: ErrnoName;
  /** What was expected, what came and what was being done. */
  readonly detail: string | undefined;

  constructor(failure: { readonly code: ErrnoName; readonly detail?: string; readonly cause?: unknown }) {
    super(`${errnoSentence(failure.code)} (${failure.code})`, { cause: failure.cause });
    this.code = failure.code;
    this.detail = failure.detail;
  }
}

/** Says that a line is not a command: where it goes wrong and what could stand there. */
export class SyntaxFailure extends Error {
  override readonly name = 'SyntaxFailure';
  readonly code = 'EINVAL';
  readonly line: string;
  /** The offset in the line, in characters. */
  readonly position: number;
  readonly expected: readonly string[];

  constructor(failure: {
    readonly message: string;
    readonly line: string;
    readonly position: number;
    readonly expected: readonly string[];
  }) {
    super(failure.message);
    this.line = failure.line;
    this.position = failure.position;
    this.expected = failure.expected;
  }
}

/** Turns whatever a command threw into a failure with an errno; what has none becomes EIO. */
export function toFailure(reason: unknown): CommandFailure | SyntaxFailure {
  if (reason instanceof CommandFailure || reason instanceof SyntaxFailure) return reason;
  const code = reason instanceof Error && 'code' in reason && isErrnoName(reason.code) ? reason.code : 'EIO';
  const detail = reason instanceof Error ? reason.message : String(reason);
  return new CommandFailure({ code, detail, cause: reason });
}

/** Writes a failure as the lines that go to standard error; `at` says where in a script it happened. */
export function failureText(failure: CommandFailure | SyntaxFailure, at?: string): string {
  const lines = failure instanceof SyntaxFailure ? syntaxLines(failure) : commandLines(failure);
  const where = at === undefined ? [] : [`in ${at}`];
  return [...lines, ...where].map((line, index) => (index === 0 ? `${line}\n` : `  ${line}\n`)).join('');
}

/** Writes a failure as one JSON object: error, errno, and position and expected of a syntax error. */
export function failureJson(failure: CommandFailure | SyntaxFailure, at?: string): string {
  return `${JSON.stringify({
    error: failure instanceof SyntaxFailure ? failure.message : `command failed: ${failure.message}`,
    errno: errnoNumber(failure.code),
    ...(failure instanceof SyntaxFailure
      ? { position: failure.position, expected: failure.expected }
      : { detail: failure.detail }),
    at,
  })}\n`;
}

function commandLines(failure: CommandFailure): readonly string[] {
  const detail = failure.detail === undefined ? [] : [failure.detail];
  return [`error: command failed: ${failure.message}`, ...detail];
}

function syntaxLines(failure: SyntaxFailure): readonly string[] {
  const expected = failure.expected.length > 0 ? [`expected: ${failure.expected.join(', ')}`] : [];
  return [`error: ${failure.message}`, failure.line, `${' '.repeat(failure.position)}^`, ...expected];
}
