import type { Bench } from '../bench.ts';
import { compare } from '../compare.ts';
import { plainRouting, routingBesideOverlays } from '../overlays/routing.ts';
import { turnAt } from '../overlays/task-turns.ts';
import { millracePolling } from '../peers/millrace.ts';

const plain = 'plain';

/** What overlays cost packets that have nothing to do with them. */
export const forwardOverlays: Bench = {
  name: 'forward-overlays',
  about: '`forward` with bridges, VLANs, VXLAN, labels and tunnels configured on other interfaces',
  run: (settings) =>
    compare(settings, {
      bench: 'forward-overlays',
      about:
        '`forward` with bridges, VLANs, VXLAN, labels and tunnels configured on other interfaces, one core',
      turns: [
        turnAt(routingBesideOverlays(), millracePolling),
        turnAt(plainRouting(), millracePolling, plain),
      ],
      goals: [{ ratioTo: plain, atLeast: 0.98, must: 0.95 }],
      note: `"${plain}" has the same four ports and nothing but routes. The difference is to be nothing that can be measured.`,
    }),
};
