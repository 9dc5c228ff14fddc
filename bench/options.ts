import { parseArgs } from 'node:util';
import { BenchError } from './bench-error.ts';

/** What the command line says. */
export interface Options {
  readonly names: readonly string[];
  readonly json: boolean;
  readonly write: boolean;
  readonly help: boolean;
  readonly runs: number;
  readonly seconds: number;
  readonly routes: number | undefined;
  readonly peers: readonly string[] | undefined;
  readonly mix: boolean;
}

/** Reads the command line; the names must be among the known ones. */
export function parseOptions(args: readonly string[], known: readonly string[]): Options {
  const { values, positionals } = parse(args);
  for (const name of positionals) {
    if (!known.includes(name)) throw usage(`one of ${known.join(', ')}`, name, 'the name of a benchmark');
  }
  const special = (['routes', 'peers', 'mix'] as const).find((name) => values[name] !== undefined);
  if (values.write && special !== undefined) {
    throw usage('the benchmarks as they are', `--${special}`, '--write');
  }
  return {
    names: positionals,
    json: values.json ?? false,
    write: values.write ?? false,
    help: values.help ?? false,
    runs: positive(values.runs ?? '5', '--runs'),
    seconds: positive(values.seconds ?? '5', '--seconds'),
    routes: values.routes === undefined ? undefined : positive(values.routes, '--routes'),
    peers: values.peers?.split(','),
    mix: values.mix ?? false,
  };
}

function parse(args: readonly string[]) {
  const options = {
    json: { type: 'boolean' },
    write: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
    runs: { type: 'string' },
    seconds: { type: 'string' },
    routes: { type: 'string' },
    peers: { type: 'string' },
    mix: { type: 'boolean' },
  } as const;
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw new BenchError('BENCH_USAGE', error instanceof Error ? error.message : String(error), error);
  }
}

function positive(text: string, option: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw usage('a whole number above zero', text, option);
}

function usage(expected: string, got: string, where: string): BenchError {
  return new BenchError('BENCH_USAGE', `expected ${expected}, got "${got}", reading ${where}`);
}
