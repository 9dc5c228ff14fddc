import { spawn } from 'node:child_process';
import { findForbiddenImports } from './imports.ts';

/** What a check found. */
export interface CheckOutcome {
  readonly name: string;
  /** What is wrong, as text for a person; nothing when all is right. */
  readonly wrong: string | undefined;
  readonly durationMs: number;
}

/** Checks types, lint, format and import directions of the repository at a root, all at the same time. */
export function check(root: string): Promise<readonly CheckOutcome[]> {
  const tsc = ['node_modules/typescript/bin/tsc', '--noEmit', '--pretty', 'false'];
  const biome = [
    'node_modules/@biomejs/biome/bin/biome',
    'check',
    '--error-on-warnings',
    '--diagnostic-level=warn',
  ];
  return Promise.all([
    timed('types', runScript(root, tsc)),
    timed('lint and format', runScript(root, biome)),
    timed('imports', checkImports(root)),
  ]);
}

async function timed(name: string, work: Promise<string | undefined>): Promise<CheckOutcome> {
  const started = performance.now();
  const wrong = await work;
  return { name, wrong, durationMs: performance.now() - started };
}

/** Runs a script of an npm package; resolves to its output when it fails. */
function runScript(root: string, args: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk) => chunks.push(chunk));
    child.stderr.on('data', (chunk) => chunks.push(chunk));
    child.once('error', reject);
    child.once('close', (status) => resolve(status === 0 ? undefined : Buffer.concat(chunks).toString()));
  });
}

async function checkImports(root: string): Promise<string | undefined> {
  const forbidden = await findForbiddenImports(root);
  if (forbidden.length === 0) return undefined;
  return forbidden.map(({ rule, from, to, comment }) => `${from} → ${to}\n  ${rule}: ${comment}`).join('\n');
}
