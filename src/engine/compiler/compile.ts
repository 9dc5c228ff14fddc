import { readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import asc from 'assemblyscript/asc';
import type binaryen from 'binaryen';
import { expecting } from './expectations.ts';
import { addFastCopies } from './fast-copies.ts';
import type { FastWay } from './fast-names.ts';
import { loopOf } from './fast-way.ts';
import { generateGraph, generateNodes, generateRegions, importPath } from './generate.ts';
import { fingerprint, type Graph, inNumbers, linkGraph, type NodeNumbers, nodesOf } from './graph.ts';
import { joinWays } from './join-ways.ts';
import { keepPacketInLocals, type PacketLoop } from './packet-locals.ts';
import { findPlaces, type StagePlaces } from './places.ts';
import { recordShapes } from './records.ts';
import { placeTables, regionsOf, type TablePlaces } from './regions.ts';
import { marksOf } from './remember-marks.ts';
import { rememberRecords } from './remembered.ts';
import { INFO_SECTION } from './section.ts';
import { markStages } from './stage-marks.ts';
import { readListed, type Stage } from './stages.ts';
import { ENGINE, type LayoutModule, looseShapes, readTableLayouts } from './table-layouts.ts';

/** What a datapath is built from: the program's lists. Paths are relative to `root`, without `.ts`. */
export interface DatapathSource {
  readonly root: string;
  /** Stage files; the first receives what the ports receive. */
  readonly stages: readonly string[];
  /** Chains of stages that most packets take, each from the first stage on. */
  readonly commonPaths: readonly (readonly string[])[];
  /** Modules with `lookAhead(burst, packets)`: what reads tables for a whole burst before its first packet. */
  readonly lookAhead?: readonly string[];
  /** Module with `stageBehind(burst)`: which stage takes a received burst behind the first one, by its first packet's port. */
  readonly stageBehind?: string;
  /** The common paths of packets that need not be asked much once somebody has looked at them. */
  readonly foreseen?: ForeseenPaths;
  /** Modules whose exports the control thread calls. */
  readonly controlModules: readonly string[];
  /** The features' layout.ts modules. */
  readonly layouts: readonly string[];
  /** The numbers that stages and drops have in every build; those that have none get the next ones. */
  readonly numbers?: NodeNumbers;
  /** Tables of the build that this one is to take over from: what is laid out otherwise lies beside them. */
  readonly beside?: TablePlaces;
}

/**
 * The common paths of packets that a module's `foresee(burst, packets)` has looked at: it knows that they get `to` a stage
 * from the one before it, and what their port tells of the first (`stageBehind`) is known, too.
 */
export interface ForeseenPaths {
  readonly paths: readonly (readonly string[])[];
  readonly to: string;
  readonly by: string;
}

/** What a datapath module says of itself, kept in its custom section. */
export interface DatapathInfo {
  readonly graph: Graph;
  readonly regions: Readonly<Record<string, number>>;
  /** Fingerprint of the memory layout: modules that agree in it find each other's tables as they are. */
  readonly layout: string;
  readonly tables: TablePlaces;
  /** What the layout says beside the tables, by name (table-layouts.ts). */
  readonly shapes: Readonly<Record<string, string>>;
  /** Whose code each byte is: what a trap is blamed on. */
  readonly places: StagePlaces;
}

/** Compiles the datapath to one WebAssembly module that describes itself. */
export async function compileDatapath(source: DatapathSource): Promise<Uint8Array> {
  const stages = readStages(source);
  const layouts = await Promise.all(source.layouts.map((path) => importLayout(source.root, path)));
  const graph = linkGraph(stages, source.numbers);
  const fastWays = joinWays(stages, source.commonPaths, source.foreseen);
  const tables = placeTables(await readTableLayouts(source.root, layouts), source.beside);
  const regions = regionsOf(tables);
  const folder = join(source.root, 'engine/datapath');
  const controlModules = source.controlModules.map((path) => join(source.root, `${path}.ts`));
  const lookAhead = (source.lookAhead ?? []).map((path) => join(source.root, `${path}.ts`));
  const stageBehind = source.stageBehind && join(source.root, `${source.stageBehind}.ts`);
  const foresee = source.foreseen && join(source.root, `${source.foreseen.by}.ts`);
  const graphFile = join(folder, 'graph.ts');
  const graphText = generateGraph({
    stages,
    graph,
    fastWays,
    lookAhead,
    stageBehind,
    foresee,
    controlModules,
    folder,
  });
  const generated = new Map([
    [graphFile, graphText],
    [join(folder, 'nodes.ts'), generateNodes(graph)],
    [join(folder, 'regions.ts'), generateRegions(regions)],
  ]);
  const sources: DatapathText = {
    generated,
    stages: new Map(stages.map((stage) => [stage.file, stage])),
    fastWays,
    folder,
  };
  const { code, sourceMap, pathOf, texts } = await assemble(graphFile, sources);
  const places = findPlaces({
    module: code,
    sourceMap,
    pathOf,
    stages,
    graph: { file: graphFile, text: translate(graphFile, graphText, sources) },
    loopFile: join(folder, 'loop.ts'),
  });
  const engine = await importLayout(source.root, ENGINE);
  const info: DatapathInfo = {
    graph: { ...graph, nodes: nodesOf(graph) },
    regions: Object.fromEntries(regions),
    layout: fingerprint(JSON.stringify([...regions, layouts, recordShapes(texts)])),
    tables,
    shapes: looseShapes(source.root, [engine, ...layouts], texts),
    places,
  };
  return appendCustomSection(code, INFO_SECTION, new TextEncoder().encode(JSON.stringify(info)));
}

/** The stages in the order of their numbers. @throws Error when the first of the list, which receives, is not the first of these */
function readStages(source: DatapathSource): readonly Stage[] {
  const listed = readListed(source);
  const byName = new Map(listed.map((stage) => [stage.name, stage]));
  const names = inNumbers([...byName.keys()], source.numbers?.stages ?? []);
  if (names[0] !== listed[0]?.name) {
    throw new Error(`stage ${listed[0]?.name} receives: expected it to have number 0, which ${names[0]} has`);
  }
  if (names.length < listed.length) return listed; // two of one name, which linkGraph complains about
  return names.flatMap((name) => byName.get(name) ?? []);
}

async function importLayout(root: string, path: string): Promise<LayoutModule> {
  return { path, exports: { ...(await import(pathToFileURL(join(root, `${path}.ts`)).href)) } };
}

/** What the compiler wrote; `pathOf` gives the full path of a source that the map names. */
interface Assembled {
  readonly code: Uint8Array;
  readonly sourceMap: string;
  readonly pathOf: (source: string) => string;
  /** What it has read, by path. */
  readonly texts: ReadonlyMap<string, string>;
}

/** Runs the AssemblyScript compiler on files and generated modules; its complaints become one error. */
async function assemble(entry: string, sources: DatapathText): Promise<Assembled> {
  const base = process.cwd();
  let code: Uint8Array | undefined;
  let sourceMap: string | undefined;
  const texts = new Map<string, string>();
  const { error, stderr } = await asc.main([relative(base, entry), ...compilerOptions], {
    async readFile(name, folder) {
      const path = resolve(folder, name);
      const text = sources.generated.get(path) ?? (await readFile(path, 'utf8').catch(() => null));
      if (text === null) return null;
      texts.set(path, text);
      return translate(path, text, sources);
    },
    writeFile(_name, contents) {
      if (typeof contents === 'string') sourceMap = contents;
      else code = contents;
    },
    listFiles: () => [],
    transforms: stepsFor(sources.fastWays, texts),
  });
  if (error) throw new Error(`the datapath does not compile:\n${stderr.toString()}${error.message}`);
  if (!code || sourceMap === undefined) throw new Error('the AssemblyScript compiler wrote no module');
  return { code, sourceMap, pathOf: (source) => resolve(base, source), texts };
}

/** What the loops of the fast way (fast-way.ts) have in common, and where the stages' own part of a packet begins (datapath/packet.ts). */
const packetLoop: Omit<PacketLoop, 'loop' | 'some' | 'one' | 'along' | 'received'> = {
  expect: 'graph/expectFast',
  begin: 'graph/beginFast',
  end: 'graph/endFast',
  leave: 'graph/leaveFast',
  stopAt: 'graph/stopAt',
  letGo: 'graph/letGo',
  isTogether: 'transmit/isTogether',
  gatherTogether: 'transmit/gatherStretch',
  record: 'packet/Packet',
  attach: 'instance/attach',
  ownFrom: 92,
};

/** Compilation steps of our own: asc asks for instances of its class and is content with one of its methods. */
function stepsFor(fastWays: readonly FastWay[], texts: ReadonlyMap<string, string>): Transforms {
  const afterCompile = (module: binaryen.Module) => {
    for (const way of fastWays) {
      const { loop, some, one, along, received } = loopOf(way);
      const names = {
        ...packetLoop,
        loop: `graph/${loop}`,
        some: `graph/${some}`,
        one: `graph/${one}`,
        along: `graph/${along}`,
        received,
      };
      const moved = rememberRecords(module, {
        loop: names,
        expected: expecting(way),
        marked: marksOf(texts),
      });
      keepPacketInLocals(module, names, moved);
      markStages(module, names.loop);
    }
  };
  return [{ afterCompile }] as unknown as Transforms;
}

type Transforms = NonNullable<NonNullable<Parameters<typeof asc.main>[1]>['transforms']>;

const compilerOptions = [
  '--outFile',
  'datapath.wasm',
  '--runtime',
  'stub',
  '--importMemory',
  '--sharedMemory',
  '--initialMemory',
  '32768',
  '--maximumMemory',
  '65536',
  '--enable',
  'threads,simd,bulk-memory',
  '--optimizeLevel',
  '3',
  '--noAssert',
  '--debug',
  '--sourceMap', // changes no instruction
];

/** What the compiler reads in place of files, and which files are stages. */
interface DatapathText {
  readonly generated: ReadonlyMap<string, string>;
  readonly stages: ReadonlyMap<string, Stage>;
  readonly fastWays: readonly FastWay[];
  /** Folder of the generated modules. */
  readonly folder: string;
}

/** Turns a file's TypeScript into what AssemblyScript asks for: typed numbers, decorators, fast copies of stages. */
function translate(path: string, text: string, { stages, fastWays, folder }: DatapathText): string {
  if (path.endsWith('/layout.ts')) return typeNumbers(text);
  const stage = stages.get(path);
  if (!stage) return inlineMarked(text);
  const ways = fastWays.filter(({ next }) => next.has(stage));
  if (ways.length === 0) return inlineMarked(inlineStage(text));
  const graphModule = importPath(dirname(path), join(folder, 'graph.ts'));
  return inlineMarked(inlineStage(addFastCopies(stage, text, { ways, graphModule })));
}

/** The numbers that both sides share are plain to TypeScript and u32 to AssemblyScript. */
function typeNumbers(text: string): string {
  return text.replace(/^export const (\w+) = /gm, 'export const $1: u32 = ');
}

/** A stage's function is inlined where it is used: into the loop of the common paths and into `step`. */
function inlineStage(text: string): string {
  return text.replace(/^export function (?=\w+\(packet: Packet\): u32)/m, '@inline\nexport function ');
}

/** A doc comment that ends in `@inline` asks for the compiler's decorator, which TypeScript's grammar lacks. */
function inlineMarked(text: string): string {
  return text.replace(/(@inline\s*\*\/\n)((?:export )?function )/g, '$1@inline\n$2');
}

/** Appends a custom section (WebAssembly core specification 5.5.3). */
function appendCustomSection(module: Uint8Array, name: string, payload: Uint8Array): Uint8Array {
  const nameBytes = new TextEncoder().encode(name);
  const content = [...leb128(nameBytes.length), ...nameBytes];
  const size = leb128(content.length + payload.length);
  return Buffer.concat([module, Uint8Array.of(0, ...size, ...content), payload]);
}

function leb128(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    const more = rest > 0x7f ? 0x80 : 0;
    bytes.push((rest & 0x7f) | more);
    rest >>>= 7;
  } while (rest);
  return bytes;
}
