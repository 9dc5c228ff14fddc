import { runLab } from '../../lab/cluster/main.ts';

process.exitCode = await runLab(process.argv.slice(2));
