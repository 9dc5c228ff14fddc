import { isDeepStrictEqual } from 'node:util';
import { MODE_MEASURE } from '../layout.ts';
import type { Outcome, ScratchDatapath } from './scratch-datapath.ts';
import type { Trial } from './trial.ts';

/** A frame that comes to a port, and what must leave for it. */
export interface Exchange {
  readonly name: string;
  readonly from: number;
  readonly received: Uint8Array;
  readonly to: number;
  readonly sent: Uint8Array;
}

/** What a build must do on the fast way and stage by stage, with no buffer lost. */
export function trialBothWays(
  name: string,
  steps: {
    setUp(datapath: ScratchDatapath): void;
    /** @throws Error with what did not come out as it should */
    check(datapath: ScratchDatapath): void;
  },
): Trial {
  return {
    name,
    run(datapath) {
      steps.setUp(datapath);
      for (const mode of [0, MODE_MEASURE]) {
        datapath.mode = mode;
        steps.check(datapath);
      }
      if (datapath.buffersOut !== 0) throw new Error(`${datapath.buffersOut} buffers were lost`);
    },
  };
}

/** Puts a burst of the same frame through, so that the end of one shows in the next. @throws Error with what came of it */
export function checkExchange(datapath: ScratchDatapath, { name, from, received, to, sent }: Exchange): void {
  const outcome = datapath.receive(from, [received, received, received]);
  const right = outcome.sent.filter(({ port, bytes }) => port === to && isDeepStrictEqual(bytes, sent));
  if (right.length === 3 && outcome.sent.length === 3) return;
  const came = outcome.sent.map(({ port, bytes }) => `${Buffer.from(bytes).toString('hex')} at port ${port}`);
  throw new Error(`${name} became ${came[0] ?? JSON.stringify(outcome.ended)}`);
}

/**
 * Compares the one frame that was sent with what is expected, which may take from it what nobody foresees: hashes,
 * identifications.
 *
 * @throws Error with what came of it
 */
export function checkOutcome(
  name: string,
  outcome: Outcome,
  expected: (sent: Uint8Array) => Uint8Array,
): void {
  const sent = outcome.sent[0]?.bytes ?? new Uint8Array(0);
  if (outcome.sent.length === 1 && isDeepStrictEqual(sent, expected(sent))) return;
  throw new Error(`${name} became ${Buffer.from(sent).toString('hex') || JSON.stringify(outcome.ended)}`);
}

/** Puts a burst of the same frame through, which must be dropped for this reason. @throws Error with what came of it */
export function checkDrop(
  datapath: ScratchDatapath,
  { name, from, received, drop }: Omit<Exchange, 'to' | 'sent'> & { readonly drop: string },
): void {
  const { ended } = datapath.receive(from, [received, received, received]);
  if (!isDeepStrictEqual(ended, { [drop]: 3 })) throw new Error(`${name} became ${JSON.stringify(ended)}`);
}
