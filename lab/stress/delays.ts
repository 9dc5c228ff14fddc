/** Packets sent and received until a moment. */
export interface Count {
  readonly ms: number;
  readonly sent: number;
  readonly received: number;
}

/** What the counts of two ends tell of what lies between them. */
export interface Delays {
  readonly sent: number;
  readonly received: number;
  /** Longest time from a packet's sending until as many were received, over all moments but the last ones. */
  readonly longestMs: number;
}

/** Finds how long packets were on their way, from counts that were taken every few milliseconds. */
export function delaysOf(counts: readonly Count[]): Delays {
  const [first, last] = [counts[0], counts.at(-1)];
  if (!first || !last) return { sent: 0, received: 0, longestMs: 0 };
  const sent = last.sent - first.sent;
  const received = last.received - first.received;
  let longestMs = 0;
  let arrived = 0;
  for (const { ms, sent: total } of counts) {
    const due = total - first.sent;
    if (due > received) break;
    while ((counts[arrived]?.received ?? Infinity) - first.received < due) arrived++;
    longestMs = Math.max(longestMs, (counts[arrived]?.ms ?? ms) - ms);
  }
  return { sent, received, longestMs: Math.round(longestMs) };
}
