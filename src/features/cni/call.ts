import type { AttachmentKey } from '../pod/index.ts';
import { variable } from './arguments.ts';
import type { Configuration } from './configuration.ts';
import type { CniMessage } from './message.ts';

/** A call, and the configuration that came with it. */
export interface CniCall {
  readonly message: CniMessage;
  readonly configuration: Configuration;
}

/** The attachment that a call is about. @throws CniError invalidEnvironment */
export function keyOf({ environment }: CniMessage): AttachmentKey {
  return {
    container: variable(environment, 'CNI_CONTAINERID', /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/),
    interface: variable(environment, 'CNI_IFNAME', /^(?!\.{1,2}$)[^\s/:"'#\\]{1,15}$/),
  };
}
