import { parseArgs } from 'node:util';
import { readNodeStatuses } from '../../features/fabric/operator.ts';
import { DirectoryStore } from '../../kube/directory-store.ts';
import type { AnyObject } from './collect-objects.ts';
import { listingsAndAgain } from './listings.ts';
import { NodePlanFiles } from './node-plans.ts';
import { readObject } from './read-object.ts';
import { Reconciler, type Round } from './reconcile.ts';

export const operatorUsage = `Usage: millrace operator --objects DIR --plans DIR [--statuses DIR]

Watches objects, writes a plan for each node, NODE.json, for its agent, and status beside the objects.

  --objects DIR  the directory of YAML files
  --plans DIR    where the plans go
  --statuses DIR where agents write what became of their plans (millrace agent --status): it goes into the objects' status
`;

export interface OperatorOptions {
  readonly objects: string;
  readonly plans: string;
  readonly statuses?: string | undefined;
}

/** Reads the command line; undefined when it asks for help. @throws Error */
export function readOperatorOptions(argv: readonly string[]): OperatorOptions | undefined {
  const options = {
    objects: { type: 'string' },
    plans: { type: 'string' },
    statuses: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  } as const;
  const { values } = parseArgs({ args: [...argv], options, strict: true });
  if (values.help === true) return undefined;
  const { objects, plans, statuses } = values;
  if (objects === undefined) throw new Error('expected --objects DIR, got none');
  if (plans === undefined) throw new Error('expected --plans DIR, got none');
  return { objects, plans, statuses };
}

/** Goes on until the signal; tells of each round. */
export async function runOperator(
  options: OperatorOptions,
  signal: AbortSignal,
  tell: (round: Round) => void,
): Promise<void> {
  const { objects, plans, statuses } = options;
  const store = new DirectoryStore<AnyObject>(objects, readObject);
  const read = () => (statuses === undefined ? [] : readNodeStatuses(statuses));
  const reconciler = new Reconciler(store, new NodePlanFiles(plans), read);
  const changes = store.watch(signal);
  const rounds = statuses === undefined ? changes : listingsAndAgain(changes, statuses, signal);
  for await (const listing of rounds) tell(await reconciler.round(listing));
}
