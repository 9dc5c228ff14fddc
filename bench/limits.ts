/**
 * What limits a benchmark that misses its goal, with the evidence, by the name of its row. The document shows a
 * text only while the goal is missed.
 */
export const limits: Readonly<Record<string, string>> = {
  'first-packet':
    'The sleep, and the TAPs. A worker that has seen no packet for half a second looks at its ports every 0.7 ms (`LONG_IDLE_PAUSE_NS` in src/engine/datapath/loop.ts), because DPDK wakes nobody when a packet arrives at a virtual device. "polling" in the table is the same router without sleeping: what it adds is the way through two TAPs and back, the rest is the sleep. A shorter one costs CPU time when idle, which `idle` bounds.',
  restart:
    'The start of Node.js and what is done one after another in it. Of 770 ms until the router was ready, `--cpu-prof` saw 190 ms of reading and linking TypeScript modules, 44 ms of compiling the datapath, 65 ms of EAL, 75 ms of starting `ip` for the host side of two ports, 30 ms of starting their devices, and 200 ms of waiting for the worker thread to load and for `ip`; the process before takes up to 70 ms more to close its TAPs. Nothing of it waits for packets or tables. Workers that load while EAL starts, and a successor that loads before the router ends, are the next steps.',
};
