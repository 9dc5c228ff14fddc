import type { Bench } from '../bench.ts';
import { compare } from '../compare.ts';
import { segmentEncapsulation } from '../overlays/srv6.ts';
import { turnsAt } from '../overlays/task-turns.ts';
import { groutPolling } from '../peers/grout.ts';
import { millracePolling } from '../peers/millrace.ts';

const about = 'IPv4 packets of 256 routes into SRv6 (H.Encaps, one segment), 60-byte frames, one core';

/** Routed packets that are sent along a list of segments. */
export const srv6Encap: Bench = {
  name: 'srv6-encap',
  about,
  run: (settings) =>
    compare(settings, {
      bench: 'srv6-encap',
      about,
      turns: turnsAt(segmentEncapsulation(), [millracePolling, groutPolling]),
      goals: [{ ratioTo: groutPolling.name, atLeast: 1.5 }],
    }),
};
