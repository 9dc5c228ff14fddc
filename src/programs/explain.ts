import { runProgram } from './operator/program-result.ts';
import { runExplain } from './operator/run-explain.ts';

await runProgram(runExplain);
