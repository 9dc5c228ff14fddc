/** What becomes of packets of a colour: they pass, are dropped, or pass with another DSCP. */
export type Treatment = 'pass' | 'drop' | number;

/** A rate limit of two rates and three colours, colour-blind (RFC 4115). */
export interface Limit {
  /** Bits a second that are promised, and bytes that may come at once. */
  readonly committedRate: bigint;
  readonly committedBurst: number;
  /** Bits a second beyond, zero for none, and bytes that may come at once. */
  readonly excessRate: bigint;
  readonly excessBurst: number;
  readonly green: Treatment;
  readonly yellow: Treatment;
  readonly red: Treatment;
}

/** A rate limit under its name. */
export interface Policer {
  readonly name: string;
  readonly id: number;
  readonly limit: Limit;
}
