/** What went wrong in the lab itself or in a witness; the message says what was being done and what was seen. */
export class LabError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(`${message} (${code})`, options);
    this.name = 'LabError';
    this.code = code;
  }
}
