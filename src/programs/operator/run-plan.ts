import { parseArgs } from 'node:util';
import { planText } from '../../features/plan/index.ts';
import { complaintsOf, loadCluster } from './load-cluster.ts';
import { type ProgramResult, usageError } from './program-result.ts';

const usage = `Usage: millrace plan --objects DIR [--node NAME] [--json]

Shows what each node shall be, and on standard error what cannot be honoured and why.

  --objects DIR  the directory of YAML files
  --node NAME    only this node
  --json         one JSON object a line, as agents get it
`;

/** Runs \`millrace plan\`: exit code 1 when something cannot be honoured, 2 when it was called wrongly. */
export async function runPlan(argv: readonly string[]): Promise<ProgramResult> {
  const options = parse(argv);
  if (typeof options === 'string') return usageError(options, usage);
  if (options.help === true) return { code: 0, output: usage, errors: '' };
  if (options.objects === undefined) return usageError('expected --objects DIR, got none', usage);
  const cluster = await loadCluster(options.objects);
  const { plans } = cluster.compiled;
  const { node } = options;
  if (node !== undefined && !plans.has(node)) {
    const names = [...plans.keys()].join(', ') || 'none';
    const complaints = complaintsOf(cluster).map((line) => `${line}\n`);
    return {
      code: 1,
      output: '',
      errors: `${complaints.join('')}error: expected a node with a router (${names}), got ${node}\n`,
    };
  }
  const shown = node === undefined ? [...plans.values()] : [plans.get(node)];
  const texts = shown.flatMap((plan) =>
    plan ? [options.json ? `${JSON.stringify(plan)}\n` : planText(plan)] : [],
  );
  const complaints = complaintsOf(cluster);
  return {
    code: complaints.length === 0 ? 0 : 1,
    output: texts.join(''),
    errors: complaints.map((line) => `${line}\n`).join(''),
  };
}

function parse(argv: readonly string[]) {
  try {
    const options = {
      objects: { type: 'string' },
      node: { type: 'string' },
      json: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    } as const;
    return parseArgs({ args: [...argv], options, strict: true }).values;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
