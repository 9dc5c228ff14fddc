import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Bench, Result } from '../bench.ts';
import type { Figures } from '../compile/figures.ts';

const run = promisify(execFile);
const measureFile = join(import.meta.dirname, '../compile/measure.ts');
const about =
  '5,000 nodes and 150,000 pods, both families, a network that all nodes have and 100 of tenants on 250 each';

/** How long objects take to become plans, all at once and after one change, and in how much memory. */
export const compile: Bench = {
  name: 'compile',
  about: `objects to plans: ${about}`,
  run: async ({ runs, log }) => {
    const figures: Figures[] = [];
    for (let count = 0; count < runs; count++) {
      const { stdout } = await run(process.execPath, ['--expose-gc', measureFile]);
      figures.push(JSON.parse(stdout));
      log(`compile ${count + 1}/${runs}: ${stdout.trim()}`);
    }
    return rows.map((row) => result(row, figures));
  },
};

interface Row {
  readonly bench: string;
  readonly about: string;
  readonly unit: string;
  readonly figure: keyof Figures;
  readonly atMost: number;
}

const rows: readonly Row[] = [
  { bench: 'compile', about: `Compiling all objects: ${about}`, unit: 'ms', figure: 'fullMs', atMost: 5000 },
  {
    bench: 'compile-pod',
    about: 'Compiling again after a pod came or went, there',
    unit: 'ms',
    figure: 'podMs',
    atMost: 50,
  },
  {
    bench: 'compile-node',
    about: 'Compiling again after a node came or went, which changes the plans of all nodes, there',
    unit: 'ms',
    figure: 'nodeMs',
    atMost: 50,
  },
  {
    bench: 'compile-memory',
    about: 'Memory that the compiler keeps besides the objects, there',
    unit: 'MiB',
    figure: 'memoryMebibytes',
    atMost: 512,
  },
];

function result({ figure, atMost, ...row }: Row, figures: readonly Figures[]): Result {
  const values = figures.map((each) => each[figure]);
  return { ...row, better: 'lower', runs: { millrace: values }, skipped: {}, goals: [{ atMost }] };
}
