import { SourceMap, type SourceMapPayload } from 'node:module';
import type { Stage } from './stages.ts';
import { codeBodies } from './wasm-bodies.ts';

/**
 * Where the code of the stages lies in a module: from byte `offsets[i]` on, up to the next offset, it is that of the
 * stage with the id `stages[i]`, or of none where that is NO_STAGE. All stages of a common path are inlined into one
 * function, so a trap's byte says more than its function.
 */
export interface StagePlaces {
  readonly offsets: readonly number[];
  readonly stages: readonly number[];
}

/** The id of no stage: the engine's own code, or what several stages call. */
export const NO_STAGE = -1;

/** What tells whose code a byte is. */
export interface PlaceSources {
  readonly module: Uint8Array;
  /** The compiler's source map; columns are bytes of the module. */
  readonly sourceMap: string;
  /** Gives the full path of a source as the map names it. */
  readonly pathOf: (source: string) => string;
  readonly stages: readonly Stage[];
  /** The generated module that ties the stages together, as the compiler has read it. */
  readonly graph: { readonly file: string; readonly text: string };
  /** The module of the loop that runs the stages. */
  readonly loopFile: string;
}

/**
 * Finds the bytes of each stage. Code of a helper that the compiler has inlined belongs to the stage whose code comes
 * before it in the same function; on the fast way each expression is marked with its stage (stage-marks.ts).
 */
export function findPlaces(sources: PlaceSources): StagePlaces {
  const ownerOf = owners(sources);
  const map = new SourceMap(JSON.parse(sources.sourceMap) as SourceMapPayload);
  const offsets: number[] = [];
  const stages: number[] = [];
  const note = (offset: number, stage: number) => {
    if (stages.at(-1) === stage) return;
    offsets.push(offset);
    stages.push(stage);
  };
  for (const { start, end } of codeBodies(sources.module)) {
    note(start, NO_STAGE);
    for (let offset = start; offset < end; offset++) {
      const entry = map.findEntry(0, offset);
      if (!('originalSource' in entry) || entry.generatedColumn !== offset || !entry.originalSource) continue;
      const owner = ownerOf(entry.originalSource, entry.originalLine);
      if (owner !== undefined) note(offset, owner);
    }
  }
  return { offsets, stages };
}

/** Tells who owns a line (from 0): a stage's id, NO_STAGE, or undefined for what belongs to whoever uses it. */
function owners({ stages, graph, loopFile, pathOf }: PlaceSources) {
  const files = new Map(stages.map((stage, id) => [stage.file, id]));
  const lines = graphLines(stages, graph.text);
  const paths = new Map<string, string>();
  return (source: string, line: number): number | undefined => {
    const path = paths.get(source) ?? pathOf(source);
    paths.set(source, path);
    if (path === loopFile) return NO_STAGE;
    return path === graph.file ? lines[line] : files.get(path);
  };
}

/** Owners of the graph's lines on the slow way: what goes on to a stage is that stage's, and so is what leads away from it. */
function graphLines(stages: readonly Stage[], text: string): (number | undefined)[] {
  const owned = new Map(stages.map((_, id) => [`nodeOf${id}`, id]));
  const entered = new Map(stages.map(({ functionName }, id) => [functionName, id]));
  let owner: number | undefined;
  return text.split('\n').map((line) => {
    const [, declared] = /^(?:export )?function (\w+)\(/.exec(line) ?? [];
    if (declared !== undefined) owner = owned.get(declared) ?? (shared.has(declared) ? undefined : NO_STAGE);
    const [, called = ''] = /\b(\w+)\(packet\)/.exec(line) ?? [];
    return entered.get(called) ?? owner;
  });
}

/** Functions of the graph that stages call. */
const shared = new Set(['arrive', 'send', 'keepsPacket']);
