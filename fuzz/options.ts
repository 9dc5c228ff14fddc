import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';

/** What the command line asks for. */
export type Options =
  | { readonly what: 'help' }
  | { readonly what: 'fuzz'; readonly seconds: number; readonly seed: number; readonly jobs: number }
  | { readonly what: 'replay'; readonly file: string }
  | { readonly what: 'wire'; readonly packets: number; readonly seed: number };

/** Packets of the full run on the wire. */
const WIRE_PACKETS = 1e9;

/** Reads the command line. @throws Error that says what was expected */
export function parseOptions(args: readonly string[], newSeed: () => number): Options {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      seed: { type: 'string' },
      jobs: { type: 'string' },
      replay: { type: 'string' },
      wire: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) return { what: 'help' };
  const [first] = positionals;
  if (positionals.length > 1) throw usage('one number', positionals.join(' '));
  if (values.replay !== undefined) return { what: 'replay', file: values.replay };
  const seed = values.seed === undefined ? newSeed() : positive(values.seed, '--seed');
  if (values.wire)
    return { what: 'wire', packets: first === undefined ? WIRE_PACKETS : positive(first, 'PACKETS'), seed };
  const jobs = values.jobs === undefined ? availableParallelism() : positive(values.jobs, '--jobs');
  return { what: 'fuzz', seconds: first === undefined ? 60 : positive(first, 'SECONDS'), seed, jobs };
}

function positive(text: string, name: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw usage(`${name} to be a whole number above zero`, text);
}

function usage(expected: string, got: string): Error {
  return new Error(`expected ${expected}, got "${got}"`);
}
