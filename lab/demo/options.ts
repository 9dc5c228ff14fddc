import { parseArgs } from 'node:util';
import { LabError } from '../lab-error.ts';

/** What `npm run demo` and `npm run demo:router` are asked for. */
export interface DemoOptions {
  readonly help: boolean;
  /** Leaves the network up. */
  readonly keep: boolean;
  /** Takes down what an earlier run left up, and does nothing else. */
  readonly down: boolean;
  /** A file for what the demo says, as a page of Markdown. */
  readonly transcript?: string;
}

/** The words of `--help`, for a demo that does something. */
export function usage(demo: string, does: string): string {
  return `Usage: npm run ${demo} [-- --keep | --down] [--transcript FILE]

${does}

  --keep             leaves it all up and says how to look around
  --down             takes down what --keep left up
  --transcript FILE  writes what it says to FILE as well, as a page of Markdown
`;
}

/** @throws LabError DEMO_USAGE */
export function readOptions(args: readonly string[]): DemoOptions {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        help: { type: 'boolean', short: 'h', default: false },
        keep: { type: 'boolean', default: false },
        down: { type: 'boolean', default: false },
        transcript: { type: 'string' },
      },
    });
    return values;
  } catch (error) {
    const received = error instanceof Error ? error.message : String(error);
    throw new LabError('DEMO_USAGE', `expected --keep, --down, --transcript FILE or --help: ${received}`);
  }
}
