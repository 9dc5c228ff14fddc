import { attempt, type Ended } from './command.ts';
import type { Namespace } from './namespace.ts';
import type { Program } from './program.ts';

/** A pod of the lab, whatever it is made of. */
export interface LabPod {
  readonly name: string;
  /** The path of its network namespace. */
  readonly netns: string;
  /** Runs a line of shell in it to its end, whatever its status. */
  run(line: string): Promise<Ended>;
  /** Starts a line of shell in it that runs until it is closed. */
  start(line: string): Program;
  /** Takes it away, with its attachments. */
  remove(): Promise<void>;
}

/** The network of a pod with the programs of this machine, which are more than a pod's image has. */
export function networkOf({ netns }: Pick<LabPod, 'netns'>): Pick<Namespace, 'attempt'> {
  return {
    attempt: (line, options) => attempt(['nsenter', `--net=${netns}`, '--', 'sh', '-c', line], options),
  };
}
