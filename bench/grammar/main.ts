import { reasonOf } from '../bench-error.ts';
import { groutByDefault } from '../peers/grout.ts';
import { millraceByDefault } from '../peers/millrace.ts';
import { answersOf } from './answers.ts';
import { differences } from './differences.ts';
import { known } from './known.ts';
import { lines } from './lines.ts';

// Runs the same lines in Grout and here, and says which of them a script for Grout would find different. What docs/cli.md
// calls "same" rests on it.

const log = (line: string) => process.stderr.write(`grammar  ${line}\n`);

try {
  await groutByDefault.setUp(log);
  const theirs = await answersOf(groutByDefault, lines);
  const ours = await answersOf(millraceByDefault, lines);
  const found = differences({ lines, theirs, ours });
  const unknown = found.filter(({ line }) => known[line] === undefined);
  for (const { line, text } of found)
    process.stdout.write(`${line}\n  ${(known[line] ?? text).replaceAll('\n', '\n  ')}\n`);
  const same = lines.length - found.length;
  process.stdout.write(
    `${lines.length} lines: ${same} alike, ${found.length - unknown.length} differ as docs say, ${unknown.length} otherwise\n`,
  );
  process.exit(unknown.length === 0 ? 0 : 1);
} catch (error) {
  log(reasonOf(error));
  process.exit(2);
}
