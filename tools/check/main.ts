import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { findForbiddenImports } from './imports.ts';

// Checks types, lint, format and import directions; prints what is wrong and ends with status 1, or one line.
const root = fileURLToPath(new URL('../..', import.meta.url));
const started = performance.now();
const outcomes = await Promise.all([
  checkWith('types', ['node_modules/typescript/bin/tsc', '--noEmit', '--pretty', 'false']),
  checkWith('lint and format', ['node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings']),
  checkImports(),
]);
const wrong = outcomes.filter((outcome) => outcome !== undefined);
for (const report of wrong) console.log(report);
if (wrong.length > 0) process.exitCode = 1;
else
  console.log(
    `checks: types, lint, format and imports are right (${Math.round(performance.now() - started)} ms)`,
  );

/** Runs a script of an npm package; resolves to its output when it fails. */
function checkWith(name: string, args: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk) => chunks.push(chunk));
    child.stderr.on('data', (chunk) => chunks.push(chunk));
    child.once('error', reject);
    child.once('close', (status) =>
      resolve(status === 0 ? undefined : `checks: ${name}\n${Buffer.concat(chunks)}`),
    );
  });
}

async function checkImports(): Promise<string | undefined> {
  const forbidden = await findForbiddenImports(root);
  if (forbidden.length === 0) return undefined;
  const lines = forbidden.map(({ rule, from, to, comment }) => `${from} → ${to}\n  ${rule}: ${comment}`);
  return `checks: imports\n${lines.join('\n')}\n`;
}
