/** What a user may say of a bridge; what is absent stays as it is. */
export interface BridgeAttributes {
  /** Seconds after which a silent station is forgotten. */
  readonly ageingTime?: number;
  readonly flood?: boolean;
  readonly learn?: boolean;
  readonly neighSuppress?: boolean;
}

/** What a bridge does with frames. */
export type BridgeSettings = Required<BridgeAttributes>;
