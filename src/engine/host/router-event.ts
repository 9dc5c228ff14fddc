/** Something that happened, for whoever watches: `ctl events`, scripts, the agent. */
export interface RouterEvent {
  /** The event's kind as its line begins: "iface add", "nh new". */
  readonly type: string;
  /** The rest of its line. */
  readonly text: string;
}
