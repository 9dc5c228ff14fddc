/** What must hold for every burst; a finding names the one that did not. */
export type Invariant =
  | 'no trap'
  | 'every buffer once'
  | 'both ways agree'
  | 'nothing beyond the packet'
  | 'valid frames'
  | 'tables stand still';

/** Something that the datapath must not do. */
export class Finding extends Error {
  readonly invariant: Invariant;

  constructor(invariant: Invariant, message: string, cause?: unknown) {
    super(`${invariant}: ${message}`, { cause });
    this.name = 'Finding';
    this.invariant = invariant;
  }
}
