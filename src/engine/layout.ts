// The shared memory's map, in numbers both sides read: the datapath (AssemblyScript) and the host (Node.js).
//
//   0          64 KiB      1 MiB                                        2 GiB
//   ┌──────────┬───────────┬─────────────────┬──────────────┬──────────┬───────────────────┐
//   │ unused   │ control   │ worker areas    │ tables       │ arena    │ packet buffers    │
//   │ (null)   │ block     │ one per worker  │ (features)   │ (blocks) │ (EAL, mapped)     │
//   └──────────┴───────────┴─────────────────┴──────────────┴──────────┴───────────────────┘
//
// Where each feature's tables start is computed when the datapath is built, from the sizes that the
// features' own layout.ts name (`<TABLE>_BYTES`, and `<TABLE>_WORKER_BYTES` for one copy per worker).

/** Start of the control block: what all workers read and only the control thread writes. */
export const CONTROL_BLOCK = 0x10000;
/** Start of the first worker area. */
export const WORKER_AREAS = 0x100000;
/** Bytes of a worker area: the room behind its tables is for those of a build that lays them out otherwise. */
export const WORKER_AREA_BYTES = 0x1000000;
/** End of the features' tables, with room for those of a build that lays them out otherwise; start of the arena. */
export const TABLES_END = 0x30000000;
/** Start of the packet buffers; the arena ends here. */
export const PACKET_BUFFERS = 0x80000000;

/** Most workers a router can have; one more area belongs to the control thread. */
export const MAX_WORKERS = 15;
/** Most packets received in one burst. */
export const BURST_MAX = 64;
/** Most DPDK ports (RTE_MAX_ETHPORTS of the distributions' builds). */
export const MAX_PORTS = 32;
/** Most receive queues one worker polls. */
export const MAX_WORKER_QUEUES = 64;
/** Most stages. */
export const MAX_STAGES = 256;
/** Most stages, endings and drops together. */
export const MAX_NODES = 512;
/** Most edges of one stage. */
export const MAX_EDGES = 32;
/** Bit that marks a stage's answer as a node's id taken from a table, not one of the stage's own edges. */
export const NODE_BIT = 0x10000;

// ── control block ──────────────────────────────────────────────────────────────────────────────────
/** u32: bits of MODE_…; zero is the fast way. */
export const CONTROL_MODE = 0x10000;
/** u32: counted up by the control thread each time something was retired. */
export const CONTROL_EPOCH = 0x10004;
/** u32: counted up by workers that have put something in their event ring. */
export const CONTROL_EVENTS = 0x10008;
/** u32: 1 in poll mode, where workers never sleep. */
export const CONTROL_POLL = 0x1000c;
/** u32: most packets taken from a queue at once. */
export const CONTROL_BURST = 0x10010;
/** u32: bytes kept of each captured packet. */
export const CONTROL_SNAPLEN = 0x10014;
/** u64: clock ticks per second, the unit of Worker.clock. */
export const CONTROL_TICKS_PER_SECOND = 0x10018;
/** u32: most packets that a stage takes from its queue as one batch; zero for all. */
export const CONTROL_VECTOR = 0x10020;
/** u32: a bit for each kind of table that has outgrown the caches, so that reading ahead for a whole burst pays. */
export const CONTROL_LOOK_AHEAD = 0x10030;
/** The arena is as large as that; features have bits of their own for tables outside it. */
export const LOOK_AHEAD_ARENA = 1;
/** Bytes of tables in use above which workers look ahead (docs/decisions/0014-look-ahead.md). */
export const LOOK_AHEAD_FROM = 8388608;
/** u32: next free byte of the arena, then the heads of its free lists (33 × u32). */
export const CONTROL_ARENA = 0x10040;
/** u32: bytes in the blocks of the arena that are taken. */
export const CONTROL_ARENA_USED = 0x100c8;
/** The list of retired blocks (datapath/retired.ts): { oldest u32, newest u32, count u32 }. */
export const CONTROL_RETIRED = 0x100d0;

/** Stages that are switched off: a bit for each of MAX_STAGES, in u64s. Read while MODE_DISABLED is set. */
export const CONTROL_DISABLED = 0x10100;

/** Some interface or all are traced: packets go stage by stage and leave records. */
export const MODE_TRACE = 1;
/** Dropped packets are copied to the capture rings; they go stage by stage, so that each is known to the drop. */
export const MODE_CAPTURE_DROPS = 2;
/** This burst runs stage by stage with its cycles measured (set by the worker itself, in turn). */
export const MODE_MEASURE = 4;
/** Packets that come from the control thread are traced too. */
export const MODE_TRACE_LOCAL = 8;
/** Some stage is switched off (CONTROL_DISABLED): packets go stage by stage, and those for it are dropped. */
export const MODE_DISABLED = 16;

// ── worker area: offsets from its start ────────────────────────────────────────────────────────────
// 0..1023 the Worker record (datapath/worker.ts has it whole); these of its fields the host reads or writes:
export const WORKER_EPOCH = 0;
export const WORKER_STATE = 4;
/** Values of WORKER_STATE. */
export const WORKER_STOPPED = 0;
export const WORKER_RUNNING = 1;
export const WORKER_SLEEPING = 2;
export const WORKER_CLOCK = 8;
export const WORKER_COMMAND = 16;
export const WORKER_BURST_COUNT = 20;
export const WORKER_CURRENT = 28;
export const WORKER_STAGE = 32;
export const WORKER_QUEUE_COUNT = 36;
export const WORKER_NEXT_TRACE = 60;
export const WORKER_ROUNDS = 64;
export const WORKER_BUSY_ROUNDS = 72;
export const WORKER_SLEEPS = 80;
export const WORKER_TRAPS = 88;
export const WORKER_TRAPPED = 96;
export const WORKER_UNTIL_MEASURED = 108;
/** Receive queues: MAX_WORKER_QUEUES × { port u16, queue u16 }. */
export const WORKER_QUEUES = 1024;
/** The burst being worked on: BURST_MAX × u32. */
export const WORKER_BURST = 2048;
/** Packets to free at the round's end: FREE_MAX × u32. */
export const WORKER_FREES = 4096;
export const FREE_MAX = 256;
/** Fresh buffers at hand: SPARE_MAX × u32. */
export const WORKER_SPARES = 8192;
export const SPARE_MAX = 64;
/** Buffers that the stage at work has taken: FRESH_MAX × u32, the last ones (Worker.freshCount). */
export const WORKER_FRESH = 9216;
export const FRESH_MAX = 64;
/** Transmit buffers: MAX_PORTS × { count u32, queue u32, unsent u64, TX_MAX × u32 at 16 }. */
export const WORKER_TRANSMIT = 12288;
export const TRANSMIT_STRIDE = 512;
export const TRANSMIT_UNSENT = 8;
export const TX_MAX = 64;
/** Waiting packets of each stage: MAX_NODES × { head u32, tail u32, count u32, spare u32 }. */
export const WORKER_WAITING = 32768;
/** Counters: MAX_NODES × { batches u64, packets u64, cycles u64, measured u64 }. */
export const WORKER_COUNTERS = 65536;
/** Events to the control thread: { written u32, read u32, lost u32 } then EVENT_SLOTS × EVENT_BYTES at 64. */
export const WORKER_EVENTS = 131072;
export const EVENT_SLOTS = 4096;
export const EVENT_BYTES = 64;
/** Packets from the control thread: { written u32, read u32 } then INJECT_SLOTS × { packet u32, node u32 } at 64. */
export const WORKER_INJECTED = 458752;
export const INJECT_SLOTS = 4096;
/** Set in a slot's node: the packet comes as though a port had received it, and the stage that receives starts its trace. */
export const INJECT_RECEIVED = 0x80000000;
/** Trace records: { written u32 } then TRACE_SLOTS × TRACE_BYTES at 64. */
export const WORKER_TRACE = 524288;
export const TRACE_SLOTS = 4096;
export const TRACE_BYTES = 256;
/** Bytes of the packet kept in a trace record, which start at TRACE_DATA. */
export const TRACE_DATA = 64;
export const TRACE_DATA_BYTES = 192;
/** Captured packets: { written u32, read u32, lost u32 } then a ring of CAPTURE_BYTES at 64. */
export const WORKER_CAPTURE = 2097152;
export const CAPTURE_BYTES = 4194304; // a power of two
/** End of the engine's part of a worker area; the features' worker tables follow. */
export const WORKER_ENGINE_BYTES = 8388608;
