import {
  CONTROL_MODE,
  CONTROL_VECTOR,
  MODE_CAPTURE_DROPS,
  MODE_MEASURE,
  MODE_TRACE,
  MODE_TRACE_LOCAL,
  PACKET_BUFFERS,
} from '../../src/engine/layout.ts';
import { INTERFACE_CAPTURED, INTERFACE_TRACED } from '../../src/features/interface/layout.ts';
import { checkFragments } from '../check/check-fragments.ts';
import { Finding } from '../finding.ts';
import { type Burst, type Input, mayBeginSessions, type Setting } from '../input.ts';
import type { World } from '../world.ts';
import { Buffers } from './buffers.ts';
import { Coverage } from './coverage.ts';
import { OutputJudge } from './judge.ts';
import { placeInput } from './place.ts';
import { STRIDE } from './records.ts';
import { Way } from './way.ts';

/** Buffers of each way: enough for the fragments of a whole burst. */
const BUFFERS = 8192;
/** Bits in which what lies around packets on the slow way differs from what does on the fast way. */
const OTHER_POISON = 0x99;
const CLOCK_STEP = 50_000n;

/**
 * The datapath with all that watches it: every burst goes the fast way and the slow way, in different buffers with
 * different poison around the packets, and must come out the same.
 */
export class Machine {
  readonly world: World;
  readonly fast: Way;
  readonly slow: Way;
  /** What the slow way has reached, when it was traced. */
  readonly coverage: Coverage;
  readonly #judge: OutputJudge;
  readonly #nodes: readonly number[];
  /** Drops of steps, which may refuse a fragment and let others go. */
  readonly #refusals: readonly number[];
  readonly #counted: Uint32Array;
  #clock = 1_000_000_000n;
  /** Packets that came in, once for each way. */
  packets = 0;

  constructor(world: World) {
    this.world = world;
    const { datapath, memory } = world.topology.bench;
    memory.grow(Math.ceil((2 * BUFFERS * STRIDE) / 65536));
    this.#judge = new OutputJudge(world);
    const [fast, slow] = [0, 1].map((worker) => {
      const base = PACKET_BUFFERS + worker * BUFFERS * STRIDE;
      const buffers = new Buffers(memory.buffer, { base, count: BUFFERS });
      const name = worker === 0 ? 'fast' : 'slow';
      return new Way({ name, datapath, memory, worker, buffers, judge: this.#judge });
    });
    if (!fast || !slow) throw new Error('there are two ways');
    this.fast = fast;
    this.slow = slow;
    this.#nodes = datapath.info.graph.nodes.map(({ id }) => id);
    this.#refusals = ['filter-denied', 'filter-unreadable', 'policed'].map((name) => world.node(name));
    this.#counted = new Uint32Array(2 * this.#nodes.length);
    this.reset(0xa5);
    this.coverage = new Coverage(datapath.info.graph, slow, world.ports);
  }

  /** Takes a burst through both ways. @throws Finding when something does not hold; begin anew with `reset` then */
  run(burst: Burst, thorough = false): void {
    const { setting, inputs } = burst;
    this.packets += 2 * inputs.length;
    this.#clock += CLOCK_STEP;
    this.#poison(setting);
    this.world.apply(setting);
    this.#judge.begin();
    this.#judge.expect(inputs);
    this.#judge.fragments = inputs.length === 1 ? [] : undefined;
    const refused = this.#refused();
    this.#pass(this.fast, burst);
    this.#checkFragments(burst, this.#refused() > refused);
    this.#setSlow(setting, true);
    try {
      this.coverage.begin(setting.slow === 'traced');
      this.#pass(this.slow, burst);
      this.coverage.end(inputs, setting.turns === true);
    } finally {
      this.#setSlow(setting, false);
    }
    this.#compare();
    if (!thorough) return;
    this.world.nat.checkPlaces();
    this.fast.buffers.checkUntouched();
    this.slow.buffers.checkUntouched();
  }

  /** What left by each way for a burst, in words. */
  explain(burst: Burst): Readonly<Record<string, readonly string[]>> {
    this.#poison(burst.setting);
    const seen: Record<string, readonly string[]> = {};
    for (const way of [this.fast, this.slow]) {
      const log: string[] = [];
      this.#judge.begin();
      this.#judge.expect(burst.inputs);
      this.#judge.log = log;
      this.world.apply(burst.setting);
      const before = this.#nodes.map((node) => way.counted(node));
      if (way === this.slow) this.#setSlow(burst.setting, true);
      try {
        this.#pass(way, burst);
      } catch (error) {
        log.push(String(error));
      } finally {
        this.#setSlow(burst.setting, false);
        this.#judge.log = undefined;
      }
      this.#nodes.forEach((node, i) => {
        const more = (way.counted(node) - (before[i] ?? 0)) >>> 0;
        if (more > 0) log.push(`${this.#nameOf(node)} ${more}`);
      });
      seen[way.name] = log;
    }
    this.reset();
    return seen;
  }

  /** Begins anew after a finding. */
  reset(poison = this.fast.buffers.poison): void {
    this.fast.reset(poison);
    this.slow.reset(poison ^ OTHER_POISON);
    this.#counted.fill(0);
    this.#judge.held = [];
  }

  #poison({ poison }: Setting): void {
    if (poison !== this.fast.buffers.poison) this.reset(poison);
  }

  /** Puts the fragments of a single packet together, unless some of them had no way out. */
  #checkFragments({ setting, inputs }: Burst, isRefused: boolean): void {
    const { fragments, held } = this.#judge;
    this.#judge.fragments = undefined;
    const [only] = inputs;
    if (!fragments || !only || held.length > 0 || isRefused) return;
    if (setting.transmit === undefined && setting.events === undefined) checkFragments(fragments, only);
  }

  /** Packets that rules and rate limits have refused the fast way. */
  #refused(): number {
    return this.#refusals.reduce((sum, node) => sum + this.fast.counted(node), 0);
  }

  #pass(way: Way, burst: Burst): void {
    const { setting, inputs } = burst;
    way.prepare(setting, this.#clock);
    this.world.fillBuckets(setting);
    this.world.nat.restore(mayBeginSessions(burst) ? setting.sessions : 0);
    this.#judge.begin();
    if (setting.turns) for (const input of inputs) this.#passAlone(way, setting, input);
    else this.#passAll(way, setting, inputs);
    way.expectNothingKept();
  }

  #passAlone(way: Way, setting: Setting, input: Input): void {
    this.#judge.expect([input]);
    this.#passAll(way, setting, [input]);
  }

  #passAll(way: Way, setting: Setting, inputs: readonly Input[]): void {
    this.#judge.held = [];
    this.#judge.holds = true;
    for (let i = 0; i < inputs.length; i++) placeInput(way, this.world, inputs[i] as Input, i);
    way.run();
    if (this.#judge.held.length > 0) this.#answerHeld(way, setting);
    this.#judge.end();
  }

  /** Sends on what waited for its neighbour: found for one half, failed for the other. */
  #answerHeld(way: Way, setting: Setting): void {
    this.#judge.holds = false;
    way.renew(setting);
    for (const { packet, nextHop, etherType, iface, vrf } of this.#judge.held) {
      const found = way.buffers.packetLength(packet) % 2 === 0;
      const next = this.world.nextHopAfter(nextHop, found);
      way.buffers.tell(packet, { iface, output: 0, nextHop: next, vrf, etherType });
      way.inject(packet, this.world.node(stageAfterWaiting(etherType, found)));
    }
    way.run();
  }

  #setSlow({ slow, vector }: Setting, on: boolean): void {
    const { view } = this.world.topology.bench;
    const traced = slow === 'traced';
    const mode = traced ? MODE_TRACE | MODE_CAPTURE_DROPS | MODE_TRACE_LOCAL : MODE_MEASURE;
    view.setUint32(CONTROL_MODE, on ? mode : 0, true);
    view.setUint32(CONTROL_VECTOR, on ? vector : 0, true);
    if (traced) this.world.setFlags(INTERFACE_TRACED | INTERFACE_CAPTURED, on);
  }

  #compare(): void {
    const { fast, slow } = this;
    for (let i = 0; i < this.#nodes.length; i++) {
      const node = this.#nodes[i] ?? 0;
      const [nowFast, nowSlow] = [fast.counted(node), slow.counted(node)];
      const byFast = (nowFast - (this.#counted[2 * i] ?? 0)) >>> 0;
      const bySlow = (nowSlow - (this.#counted[2 * i + 1] ?? 0)) >>> 0;
      this.#counted[2 * i] = nowFast;
      this.#counted[2 * i + 1] = nowSlow;
      if (byFast !== bySlow) {
        throw new Finding(
          'both ways agree',
          `${this.#nameOf(node)} counts ${byFast} the fast way and ${bySlow} the slow way`,
        );
      }
    }
    if (fast.sum !== slow.sum || fast.mixed !== slow.mixed) {
      throw new Finding(
        'both ways agree',
        'what leaves differs, by the way it went or by what lies around it',
      );
    }
  }

  #nameOf(node: number): string {
    return this.world.topology.bench.datapath.info.graph.nodes[node]?.name ?? String(node);
  }
}

/** The stage that the control thread gives a packet to which has waited for its neighbour. */
function stageAfterWaiting(etherType: number, found: boolean): string {
  if (etherType === MPLS_RAW) return 'mpls-output';
  return `ip${etherType === IP4_RAW ? 4 : 6}-${found ? 'output' : 'reject'}`;
}

/** Ethertypes as they lie on the wire. */
const IP4_RAW = 0x0008;
const MPLS_RAW = 0x4788;
