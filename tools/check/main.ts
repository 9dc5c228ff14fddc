import { fileURLToPath } from 'node:url';
import { check } from './check.ts';

// Prints what is wrong with types, lint, format and imports, and ends with status 1; or says that all is right.
const started = performance.now();
const outcomes = await check(fileURLToPath(new URL('../..', import.meta.url)));
for (const { name, wrong } of outcomes) {
  if (wrong === undefined) continue;
  console.log(`checks: ${name}\n${wrong}`);
  process.exitCode = 1;
}
if (!process.exitCode) console.log(`checks: all is right (${Math.round(performance.now() - started)} ms)`);
