import { BenchError, reasonOf } from '../bench-error.ts';
import { type Router, startRouter } from '../peers/router.ts';
import { Workspace } from '../workspace.ts';

/** What a router's client said to a line. */
export interface Answer {
  readonly succeeds: boolean;
  /** What it printed as JSON; undefined for nothing, or what is not JSON. */
  readonly json: unknown;
  readonly text: string;
}

const timeoutMs = 10_000;

/** Runs lines one after another in a new router, each by a client of its own. */
export async function answersOf(router: Router, lines: readonly string[]): Promise<readonly Answer[]> {
  using workspace = new Workspace();
  await using instance = await startRouter(router, workspace.path);
  const answers: Answer[] = [];
  for (const line of lines) {
    const answer = await instance
      .control(['-j', ...line.split(' ')], timeoutMs)
      .then((text) => ({ succeeds: true, json: parsed(text), text }))
      .catch((error) => ({ succeeds: false, json: undefined, text: reasonOf(error) }));
    if (!instance.program.running) throw new BenchError('BENCH_GRAMMAR', `${router.name} ended at "${line}"`);
    answers.push(answer);
  }
  return answers;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
