import type { SwitchPlan } from '../peers/ovs-switch.ts';

/** Something that a program is to do with frames of p0, which leave by p1. */
export interface Task {
  /** What arrives, in a loop. */
  readonly frames: readonly Uint8Array[];
  /** Takes a frame that left out of what the task puts round it; tells what is wrong by throwing. */
  open(frame: Uint8Array): Uint8Array;
  /** What is in the frames that leave: all of these, again and again. */
  readonly carried: readonly Uint8Array[];
  /** Devices of further ports, p2 and so on. */
  readonly devices?: readonly string[];
  /** What takes long to say, before p0 is there and anything arrives. */
  readonly early?: readonly string[];
  /** How a program that speaks the grcli grammar and has the ports p0 and p1 is told to do it. */
  readonly lines: readonly string[];
  /** How Open vSwitch is told to do it, with a port that has these settings to send by. */
  readonly openVSwitch?: (transmit: readonly string[]) => SwitchPlan;
}
