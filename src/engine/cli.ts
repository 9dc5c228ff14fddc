import { captureCommands } from './cli/capture.ts';
import { datapathCommands } from './cli/datapath.ts';
import { eventCommands } from './cli/events.ts';
import { graphCommands } from './cli/graph.ts';
import { healthCommands } from './cli/health.ts';
import type { InterfaceArgument } from './cli/interface-argument.ts';
import { logCommands } from './cli/log.ts';
import { statsCommands } from './cli/stats.ts';
import { traceCommands } from './cli/trace.ts';

/** Gives the commands of the engine, whatever features it runs. */
export const engineCommands = (interfaceName: InterfaceArgument) => [
  ...statsCommands,
  ...graphCommands,
  ...healthCommands,
  ...datapathCommands,
  ...traceCommands(interfaceName),
  ...captureCommands(interfaceName),
  ...eventCommands,
  ...logCommands,
];
