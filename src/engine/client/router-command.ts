import { commandFor } from '../../command/command.ts';
import type { RouterClient } from './router-client.ts';

/** Makes a command that calls a router. */
export const routerCommand = commandFor<RouterClient>();
