/** Says that DPDK or the system refused something; `code` is an errno's name such as "EBUSY". */
export class DpdkError extends Error {
  override readonly name = 'DpdkError';
  readonly code: string;
  /** What EAL and the drivers logged while it happened, a line each. */
  readonly log: readonly string[];

  constructor(
    problem: { readonly code: string; readonly message: string; readonly log?: readonly string[] },
    options?: ErrorOptions,
  ) {
    super(problem.message, options);
    this.code = problem.code;
    this.log = problem.log ?? [];
  }
}

/** Fails a check of an argument before it reaches DPDK. */
export function invalid(doing: string, expected: string, received: unknown): DpdkError {
  return new DpdkError({ code: 'EINVAL', message: `${doing}: expected ${expected}, got ${shown(received)}` });
}

/** Checks a whole number in a range, limits included. @throws DpdkError EINVAL */
export function checkNumber(
  doing: string,
  name: string,
  value: number,
  range: { readonly min: number; readonly max: number },
): number {
  if (Number.isInteger(value) && value >= range.min && value <= range.max) return value;
  throw invalid(doing, `${name} to be a whole number from ${range.min} to ${range.max}`, value);
}

/** Checks a text that goes to C: not empty, no zero bytes. @throws DpdkError EINVAL */
export function checkText(doing: string, name: string, value: string, maxBytes: number): string {
  const good = typeof value === 'string' && value.length > 0 && !value.includes('\0');
  if (good && Buffer.byteLength(value) <= maxBytes) return value;
  throw invalid(doing, `${name} to be a text of 1 to ${maxBytes} bytes without zero bytes`, value);
}

function shown(value: unknown): string {
  if (typeof value === 'string')
    return JSON.stringify(value.length > 80 ? `${value.slice(0, 77)}...` : value);
  return String(value);
}
