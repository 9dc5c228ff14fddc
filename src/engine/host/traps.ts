import type { Logger } from 'pino';
import { ApiError } from '../api-error.ts';
import type { GraphNode } from '../compiler/graph.ts';
import type { Datapath } from './datapath.ts';
import type { RouterEvent } from './router-event.ts';
import { MOST_TRAPS, type StageGuard } from './stage-guard.ts';
import { stageOfTrap } from './trap-stage.ts';
import type { Troubles } from './troubles.ts';
import type { WorkerView } from './worker-handle.ts';
import type { TrapReport } from './worker-messages.ts';

/** What is done about traps: each is counted and told with its stage's name, and many of one stage switch it off. */
export class Traps {
  readonly #options: TrapsOptions;
  /** When the latest lines of the log were written: a flood of traps is told in numbers. */
  #lines: number[] = [];
  #untold = 0;

  constructor(options: TrapsOptions) {
    this.#options = options;
  }

  /** Takes a worker's word that it has trapped. */
  note(worker: WorkerView, trap: TrapReport): void {
    const { datapath, guard } = this.#options;
    const stage = trap.stage ?? stageOfTrap(trap.stack, datapath.info.places);
    const off = stage !== undefined && guard.note(stage, performance.now());
    this.#tell(worker, trap, this.#nameOf(stage));
    if (off) this.#tellDisabled(this.#nameOf(stage));
  }

  /** Switches a stage on again that was switched off. @throws ApiError ENOENT, EALREADY */
  enable(name: string): void {
    const doing = `enable stage ${name}`;
    const { guard, troubles, log, emit } = this.#options;
    const stage = this.#stageNamed(name);
    if (!stage) {
      throw new ApiError('ENOENT', {
        doing,
        expected: 'the name of a stage',
        received: JSON.stringify(name),
      });
    }
    if (!guard.enable(stage.id)) {
      const off = [...guard.disabled].map((id) => this.#nameOf(id));
      const expected = `a stage that is off (${off.join(', ') || 'none is'})`;
      throw new ApiError('EALREADY', { doing, expected, received: 'one that is on' });
    }
    troubles.end('stage', name);
    log.info({ stage: name }, 'the stage is on again');
    emit({ type: 'stage enabled', text: `stage=${name}` });
  }

  /** Whether a stage is off, and its traps since the start; endings and drops have none. */
  ofStage(name: string): { readonly disabled: boolean; readonly traps: number } {
    const { guard } = this.#options;
    const stage = this.#stageNamed(name);
    if (!stage) return { disabled: false, traps: 0 };
    return { disabled: guard.disabled.has(stage.id), traps: guard.traps(stage.id) };
  }

  #stageNamed(name: string): GraphNode | undefined {
    const { nodes } = this.#options.datapath.info.graph;
    return nodes.find((node) => node.kind === 'stage' && node.name === name);
  }

  #tell({ index }: WorkerView, { dropped, reason }: TrapReport, stage: string): void {
    const now = performance.now();
    this.#lines = this.#lines.filter((at) => at > now - 1000);
    if (this.#lines.length >= MOST_LINES_A_SECOND) {
      this.#untold++;
      return;
    }
    this.#lines.push(now);
    const untold = this.#untold;
    this.#untold = 0;
    this.#options.log.error(
      { worker: index, stage, dropped, reason, ...(untold > 0 ? { untold } : {}) },
      'the datapath has trapped',
    );
    this.#options.emit({
      type: 'worker trap',
      text: `worker=${index} stage=${stage} dropped=${dropped} ${reason}`,
    });
  }

  #tellDisabled(stage: string): void {
    const text = `trapped ${MOST_TRAPS} times within seconds: its packets are dropped (stage-disabled)`;
    this.#options.log.error({ stage }, `the stage has ${text}`);
    this.#options.emit({ type: 'stage disabled', text: `stage=${stage}` });
    this.#options.troubles.begin('stage', stage, text);
  }

  #nameOf(stage: number | undefined): string {
    return this.#options.datapath.info.graph.nodes[stage ?? -1]?.name ?? ENGINE;
  }
}

export interface TrapsOptions {
  readonly datapath: Datapath;
  readonly guard: StageGuard;
  readonly troubles: Troubles;
  readonly log: Logger;
  readonly emit: (event: RouterEvent) => void;
}

/** How the engine's own code is named where a stage is expected. */
const ENGINE = 'engine';
const MOST_LINES_A_SECOND = 20;
