/**
 * What limits a benchmark that misses its goal, with the evidence, by the name of its row. The document shows a
 * text only while the goal is missed.
 */
export const limits: Readonly<Record<string, string>> = {
  'first-packet':
    'The sleep itself: a worker that has seen no packet for half a second looks at its ports every 0.7 ms (`LONG_IDLE_PAUSE_NS` in src/engine/datapath/loop.ts), because DPDK wakes nobody when a packet arrives at a virtual device. "polling" in the table is the same router without sleeping: what it adds is the way through the TAPs, the difference is the sleep. A shorter one costs CPU time when idle, which `idle` bounds.',
};
