import type { Round } from './operator/reconcile.ts';
import { operatorUsage, readOperatorOptions, runOperator } from './operator/run-operator.ts';

try {
  const options = readOperatorOptions(process.argv.slice(2));
  if (options === undefined) process.stdout.write(operatorUsage);
  else await runOperator(options, endSignal(), tell);
} catch (error) {
  process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n${operatorUsage}`);
  process.exitCode = 2;
}

function endSignal(): AbortSignal {
  const end = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => end.abort());
  return end.signal;
}

function tell({ plans, changed, complaints }: Round): void {
  for (const complaint of complaints) process.stderr.write(`${complaint}\n`);
  process.stdout.write(`${plans} plans, ${changed.length} of them changed\n`);
}
