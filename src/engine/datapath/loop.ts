import {
  BURST_MAX,
  CONTROL_BURST,
  CONTROL_EPOCH,
  CONTROL_LOOK_AHEAD,
  CONTROL_MODE,
  CONTROL_POLL,
  CONTROL_VECTOR,
  MODE_DISABLED,
  MODE_MEASURE,
  MODE_TRACE_LOCAL,
  WORKER_BURST,
  WORKER_QUEUES,
  WORKER_RUNNING,
  WORKER_SLEEPING,
  WORKER_STOPPED,
} from '../layout';
import { flushReleased, flushSpares } from './buffers';
import { counterOf } from './counters';
import { isDisabled } from './disabled';
import { announceEvents } from './events';
import {
  arrive,
  beginsPath,
  FIRST_STAGE,
  keepsPacket,
  lookAhead,
  nodeOf,
  passFrom,
  passReceived,
  STAGE_DISABLED,
  step,
} from './graph';
import { cycles, pause, rx, wait } from './host';
import { hasInjected, takeInjected } from './injected';
import { worker } from './instance';
import { Packet } from './packet';
import { dropBurst } from './recovery';
import { traceDecision, traceStage } from './trace';
import { flushTransmit } from './transmit';
import { isStage, nextWaitingStage, takeFirst, Waiting, waitingFor, waitOn } from './waiting';
import { NEVER, Worker } from './worker';

/** One full burst in this many is run stage by stage with its cycles measured; small ones weigh more. */
const MEASURE_EVERY: u32 = 1024;
const SMALL_BURST: u32 = 8;
const SMALL_BURST_WEIGHT: u32 = 16;
/**
 * Empty rounds before the first sleep, and before the first sleep that a packet may end. Each sleep in between gives the
 * core away and takes it back: with 16 of them instead of 4, a worker that is woken now and then worked twice as long.
 */
const IDLE_ROUNDS: u32 = 64;
const WAIT_ROUNDS: u32 = 68;
/** The longest such sleep: quiet points are passed, and mistakes of drivers are over, soon enough. */
const LONGEST_WAIT_NS: u32 = 20000000;
/** Where no packet can end it: the longest sleep between packets that come now and then. */
const LONGEST_PAUSE_NS: u32 = 200000;
/** Empty rounds, about half a second of them, after which nobody is expected soon, and the sleep from then on. */
const LONG_IDLE_ROUNDS: u32 = 2500;
const LONG_IDLE_PAUSE_NS: u32 = 700000;
/** Rounds with packets after which a worker that has slept is at work again, for `wait`. */
const WAKING_ROUNDS: u32 = 256;

/** Works until the control thread sets `command`: receive, pass on, send, and sleep when there is nothing to do. */
export function loop(): void {
  worker.state = WORKER_RUNNING;
  while (!atomic.load<u32>(changetype<usize>(worker) + offsetof<Worker>('command'))) {
    if (round()) work();
    else rest();
  }
  passQuietPoint();
}

/** Receives a burst from each queue and takes every packet to its end; returns how many there were. */
export function round(): u32 {
  passQuietPoint();
  const injected = takeInjected();
  if (injected) runWaiting();
  let packets = injected;
  const queues = worker.queueCount;
  for (let i: u32 = 0; i < queues; i++) packets += receive(i);
  worker.rounds++;
  if (!packets) return 0;
  worker.busyRounds++;
  flushTransmit();
  flushReleased();
  announceEvents();
  return packets;
}

/** Tells the control thread that nothing retired before this round is in use here any more. */
export function passQuietPoint(): void {
  atomic.store<u32>(changetype<usize>(worker) + offsetof<Worker>('epoch'), atomic.load<u32>(CONTROL_EPOCH));
}

/** Leaves the worker with nothing in its hands, so that its thread can end. */
export function retire(): void {
  dropBurst();
  flushSpares();
  flushReleased();
  worker.state = WORKER_STOPPED;
  atomic.store<u32>(changetype<usize>(worker) + offsetof<Worker>('epoch'), NEVER);
}

/** Receives one burst and takes it to its end; returns its size. */
function receive(index: u32): u32 {
  const slot = changetype<usize>(worker) + WORKER_QUEUES + (index << 2);
  const burst = changetype<usize>(worker) + WORKER_BURST;
  const count = rx(load<u16>(slot), load<u16>(slot, 2), burst, load<u32>(CONTROL_BURST));
  if (!count) return 0;
  worker.burstIndex = 0;
  worker.burstCount = count;
  worker.mode = burstMode(count);
  if (load<u32>(CONTROL_LOOK_AHEAD)) lookAhead(burst, count);
  if (worker.mode) passSlowly(burst, count);
  else passReceived(count);
  worker.burstCount = 0;
  runWaiting();
  return count;
}

/** The mode of the next burst: zero is the fast way; what the control thread asks for, and a measurement now and then. */
function burstMode(packets: u32): u32 {
  const mode = load<u32>(CONTROL_MODE) & ~MODE_TRACE_LOCAL;
  const weight = packets < SMALL_BURST ? SMALL_BURST_WEIGHT : 1;
  if (worker.untilMeasured > weight) {
    worker.untilMeasured -= weight;
    return mode;
  }
  worker.untilMeasured = MEASURE_EVERY;
  return mode | MODE_MEASURE;
}

/** Lets the whole burst wait for the first stage, from where it goes stage by stage. */
function passSlowly(burst: usize, count: u32): void {
  for (let i: u32 = 0; i < count; i++) {
    worker.burstIndex = i + 1;
    const packet = changetype<Packet>(<usize>load<u32>(burst + (i << 2)));
    packet.trace = 0;
    arrive(FIRST_STAGE, packet);
  }
}

/** Runs stages until no packet waits. */
function runWaiting(): void {
  const fast = !worker.mode && !(load<u32>(CONTROL_MODE) & ~MODE_TRACE_LOCAL);
  for (let stage = nextWaitingStage(); isStage(stage); stage = nextWaitingStage()) {
    if (fast && beginsPath(stage)) passWaiting(stage);
    if (waitingFor(stage).head) runStage(stage);
  }
}

/** Takes what waits for a stage along the common paths that begin there; what leaves them at once waits for it again. */
function passWaiting(stage: u32): void {
  const queue = waitingFor(stage);
  for (let left = queue.count; left; left -= min<u32>(left, BURST_MAX)) {
    const burst = takeUntraced(stage, queue, min<u32>(left, BURST_MAX));
    if (burst) passBurst(stage, burst);
  }
}

/** Makes a burst of the first packets in a queue, and lets those wait again that are traced; returns its size. */
function takeUntraced(stage: u32, queue: Waiting, packets: u32): u32 {
  let taken: u32 = 0;
  for (let i: u32 = 0; i < packets; i++) {
    const packet = takeFirst(queue);
    if (packet.trace) arrive(stage, packet);
    else
      store<u32>(changetype<usize>(worker) + WORKER_BURST + (taken++ << 2), <u32>changetype<usize>(packet));
  }
  return taken;
}

function passBurst(stage: u32, packets: u32): void {
  worker.burstIndex = 0;
  worker.burstCount = packets;
  passFrom(stage, packets);
  worker.burstCount = 0;
}

/** Takes the packets that wait for a stage through it, as many at once as the control thread wants. */
function runStage(stage: u32): void {
  const queue = waitingFor(stage);
  const counter = counterOf(stage);
  const most = load<u32>(CONTROL_VECTOR);
  const packets = most ? min<u32>(queue.count, most) : queue.count;
  const measured = worker.mode & MODE_MEASURE;
  const start = measured ? <u64>cycles() : 0;
  worker.stage = stage;
  if (load<u32>(CONTROL_MODE) & MODE_DISABLED && isDisabled(stage)) {
    dropWaiting(stage);
    return;
  }
  counter.batches++;
  counter.packets += packets;
  for (let i: u32 = 0; i < packets; i++) passStage(stage, takeFirst(queue));
  if (queue.head) waitOn(stage);
  if (!measured) return;
  counter.cycles += <u64>cycles() - start;
  counter.measured += packets;
}

/** Drops what waits for a stage that is switched off. */
function dropWaiting(stage: u32): void {
  const queue = waitingFor(stage);
  while (queue.head) {
    const packet = takeFirst(queue);
    if (packet.trace) traceFirstStage(stage, STAGE_DISABLED, packet);
    arrive(STAGE_DISABLED, packet);
  }
}

/** Takes one packet through one stage, and notes it where the packet is traced, be it from this stage on. */
function passStage(stage: u32, packet: Packet): void {
  worker.current = <u32>changetype<usize>(packet);
  worker.freshCount = 0;
  const traced = packet.trace;
  if (traced) traceStage(stage, packet);
  const node = nodeOf(stage, step(stage, packet));
  if (traced) traceDecision(node, packet);
  else if (keepsPacket(node) && packet.trace) traceFirstStage(stage, node, packet);
  worker.current = 0;
  arrive(node, packet);
}

function traceFirstStage(stage: u32, node: u32, packet: Packet): void {
  traceStage(stage, packet);
  traceDecision(node, packet);
}

/** Notes a round with packets; the first ones after a sleep are few and far between, so waking up takes a while. */
function work(): void {
  worker.idleRounds = 0;
  if (worker.wakingRounds && --worker.wakingRounds == 0)
    wait(changetype<usize>(worker) + WORKER_QUEUES, 0, 0, 0);
}

/** Sleeps while there is nothing to do, so that an idle router leaves its core to others. */
function rest(): void {
  const idle = worker.idleRounds;
  worker.idleRounds = idle + 1;
  if (idle < IDLE_ROUNDS || load<u32>(CONTROL_POLL)) return;
  atomic.store<u32>(changetype<usize>(worker) + offsetof<Worker>('state'), WORKER_SLEEPING);
  if (!isWanted()) sleep(idle);
  worker.state = WORKER_RUNNING;
}

/** Tells whether the control thread has asked for something before it could know that this worker sleeps. */
function isWanted(): bool {
  const address = changetype<usize>(worker);
  return (
    atomic.load<u32>(address + offsetof<Worker>('command')) != 0 ||
    atomic.load<u32>(CONTROL_EPOCH) != worker.epoch ||
    hasInjected()
  );
}

/** Sleeps microseconds at first, then until somebody comes; in growing steps where that cannot be known. */
function sleep(idle: u32): void {
  const blind = idle < LONG_IDLE_ROUNDS ? growingPause(idle - IDLE_ROUNDS) : LONG_IDLE_PAUSE_NS;
  worker.sleeps++;
  if (idle < WAIT_ROUNDS) {
    pause(blind);
    return;
  }
  worker.wakingRounds = WAKING_ROUNDS;
  const queues = changetype<usize>(worker) + WORKER_QUEUES;
  if (wait(queues, worker.queueCount, blind, LONGEST_WAIT_NS)) worker.idleRounds = 0;
}

/** A microsecond at first, twice as long every four rounds. */
function growingPause(sleeps: u32): u32 {
  return min<u32>(1000 << min<u32>(sleeps >> 2, 8), LONGEST_PAUSE_NS);
}
