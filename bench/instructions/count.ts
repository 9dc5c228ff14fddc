import type { Forwarding, Log } from '../peer.ts';
import { instructionsByPart, partsInWords } from './mappings.ts';
import { stepThrough } from './stepper.ts';

const steps = 400_000;

/** Instructions that a packet takes on the forwarding thread, after a line of the log that says in which parts of it. */
export async function countInstructions(name: string, forwarding: Forwarding, log: Log): Promise<number> {
  const parts = instructionsByPart(await stepThrough(forwarding, { steps }));
  log(`${name}: ${partsInWords(parts)}`);
  return [...parts.values()].reduce((sum, part) => sum + part, 0);
}
