import { runProgram } from './operator/program-result.ts';
import { runPlan } from './operator/run-plan.ts';

await runProgram(runPlan);
