import { join } from 'node:path';
import { runDaemon } from '../engine/host/daemon/begin.ts';
import { readFlags, usage } from '../engine/host/daemon/flags.ts';
import { version } from './vrouter/version.ts';

await runDaemon({
  version,
  usage,
  readFlags: () => readFlags(process.argv.slice(2), process.env),
  datapathFile: join(import.meta.dirname, '../../build/datapath.wasm'),
  load: () => import('./vrouter/program.ts'),
});
