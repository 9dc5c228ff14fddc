/** What clients may ask of the API server at most, so that none of them can make it hold without bound. */
export interface ApiLimits {
  /** Connections at once; one more is answered with an error. */
  readonly connections: number;
  /** Calls at once, over all connections; one more is answered with an error. */
  readonly calls: number;
  /** Bytes of one message in either direction. */
  readonly messageBytes: number;
  /** Bytes for all large requests together, until each is answered. */
  readonly pendingBytes: number;
  /** Until a connection has sent the head of its first request, and a call with one message all of that. */
  readonly patienceMs: number;
  /** Until a client that is sent a stream has taken what waits for it. */
  readonly stallMs: number;
}

/** What a router allows. */
export const apiLimits: ApiLimits = {
  connections: 2048,
  calls: 4096,
  // Ten times the largest batch of routes: 2^16 of IPv6, each with a next hop of its own.
  messageBytes: 16 << 20,
  pendingBytes: 256 << 20,
  patienceMs: 30_000,
  stallMs: 60_000,
};
