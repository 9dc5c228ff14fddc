import type { TestEvent } from 'node:test/reporters';
import type { TestResult } from './result.ts';

type Finished = Extract<TestEvent, { type: 'test:pass' | 'test:fail' }>;

/** A reporter for node:test that writes every finished test as one line of JSON, and no suite or parent. */
export default async function* report(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const names: string[] = [];
  let deepest = -1;
  for await (const event of events) {
    if (event.type === 'test:start') names.splice(event.data.nesting, Infinity, event.data.name);
    if (event.type !== 'test:pass' && event.type !== 'test:fail') continue;
    const { nesting } = event.data;
    const isParent = deepest > nesting;
    deepest = nesting;
    if (!isReported(event, isParent)) continue;
    const name = [...names.slice(0, nesting), event.data.name].join(' › ');
    yield `${JSON.stringify(resultOf(event, name))}\n`;
  }
}

/** A parent is reported when it failed by itself, not through its subtests. */
function isReported(event: Finished, isParent: boolean): boolean {
  if (event.type === 'test:fail') return causeOf(event).failureType !== 'subtestsFailed';
  return !isParent && (event.data.details.type !== 'suite' || event.data.skip !== undefined);
}

function resultOf(event: Finished, name: string): TestResult {
  const { skip, todo, details } = event.data;
  const durationMs = details.duration_ms;
  const excuse = skip ?? todo;
  if (excuse !== undefined) {
    const reason = typeof excuse === 'string' ? excuse : 'no reason given';
    return { outcome: 'skipped', name, durationMs, reason };
  }
  if (event.type === 'test:pass') return { outcome: 'passed', name, durationMs, reason: '' };
  return { outcome: 'failed', name, durationMs, reason: causeOf(event).text };
}

/** node:test wraps what a test threw in an error of its own. */
function causeOf(event: Finished): { failureType: string; text: string } {
  if (event.type !== 'test:fail') return { failureType: '', text: '' };
  const error: Error & { failureType?: unknown } = event.data.details.error;
  const thrown = error.cause ?? error;
  const text = thrown instanceof Error ? (thrown.stack ?? String(thrown)) : String(thrown);
  return { failureType: String(error.failureType), text: withoutInternals(text) };
}

function withoutInternals(stack: string): string {
  return stack
    .split('\n')
    .filter((line) => !/^\s+at .*(node:internal|node:async_hooks|node_modules\/)/.test(line))
    .join('\n');
}
