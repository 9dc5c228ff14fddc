import { join } from 'node:path';
import type { Log } from '../peer.ts';
import { compiled } from './compiled.ts';

const source = join(import.meta.dirname, '../instructions/stepper.c');

/** Returns the path of the program that counts a thread's instructions, compiled. */
export function buildStepper(log: Log): Promise<string> {
  return compiled({ name: 'stepper', what: 'the instruction counter', source, words: async () => [] }, log);
}
