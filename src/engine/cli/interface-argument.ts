import type { ArgumentType } from '../../command/argument.ts';
import type { RouterClient } from '../client/router-client.ts';

/** Makes the argument that takes the name of an interface; a feature knows which there are. */
export type InterfaceArgument = (help: string) => ArgumentType<string, RouterClient>;
