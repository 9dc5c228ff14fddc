import { parseArgs } from 'node:util';
import { readAttachments } from '../../features/attachment/index.ts';
import { explainMadePod } from './explain-made-pod.ts';
import { explainNetwork } from './explain-network.ts';
import { explainNode } from './explain-node.ts';
import { explainPod } from './explain-pod.ts';
import { type Cluster, complaintsOf, loadCluster } from './load-cluster.ts';
import { type ProgramResult, usageError } from './program-result.ts';

const usage = `Usage: millrace explain pod|network|node [NAMESPACE/]NAME --objects DIR [--statuses DIR]
       millrace explain pod [NAMESPACE/]NAME --agent DIR

Says what is there and why. Without a namespace, the name is looked for in all of them.

  --objects DIR  the directory of YAML files
  --statuses DIR where agents write what became of their plans (millrace agent --status)
  --agent DIR    the state of this node's agent, such as /var/lib/millrace: what it has made
`;

/** Gives the lines about a thing of a name; none when there is no such thing. */
type Explain = (cluster: Cluster, name: string) => readonly string[];

const explanations: Readonly<Record<string, Explain>> = {
  pod: explainPod,
  network: explainNetwork,
  node: explainNode,
};

/** Runs \`millrace explain\`: exit code 1 when there is no such thing, 2 when it was called wrongly. */
export async function runExplain(argv: readonly string[]): Promise<ProgramResult> {
  const parsed = parse(argv);
  if (typeof parsed === 'string') return usageError(parsed, usage);
  const { values, positionals } = parsed;
  if (values.help === true) return { code: 0, output: usage, errors: '' };
  const [what = '', name, ...more] = positionals;
  const explain = Object.hasOwn(explanations, what) ? explanations[what] : undefined;
  if (explain === undefined) return usageError(`expected pod, network or node, got "${what}"`, usage);
  if (name === undefined || more.length > 0) return usageError(`expected one name of a ${what}`, usage);
  if (values.agent !== undefined) {
    if (what === 'pod' && values.objects === undefined) return explainMade(values.agent, name);
    return usageError('expected --agent DIR for a pod alone, without --objects', usage);
  }
  if (values.objects === undefined)
    return usageError('expected --objects DIR or --agent DIR, got none', usage);
  const cluster = await loadCluster(values.objects, values.statuses);
  const lines = explain(cluster, name);
  if (lines.length > 0) return { code: 0, output: `${lines.join('\n')}\n`, errors: '' };
  const complaints = complaintsOf(cluster).map((line) => `${line}\n`);
  return {
    code: 1,
    output: '',
    errors: `${complaints.join('')}error: expected the name of a ${what}, got ${name}\n`,
  };
}

/** Says what the agent of a node has made for a pod. */
async function explainMade(directory: string, name: string): Promise<ProgramResult> {
  try {
    const lines = explainMadePod(await readAttachments(directory), name);
    if (lines.length > 0) return { code: 0, output: `${lines.join('\n')}\n`, errors: '' };
    return { code: 1, output: '', errors: `error: expected the name of a pod on this node, got ${name}\n` };
  } catch (error) {
    const received = error instanceof Error ? error.message : String(error);
    const expected = `${directory} to be the state of an agent`;
    return { code: 1, output: '', errors: `error: expected ${expected}, got ${received}\n` };
  }
}

function parse(argv: readonly string[]) {
  try {
    const text = { type: 'string' } as const;
    const options = {
      objects: text,
      statuses: text,
      agent: text,
      help: { type: 'boolean', short: 'h' },
    } as const;
    return parseArgs({ args: [...argv], options, strict: true, allowPositionals: true });
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
