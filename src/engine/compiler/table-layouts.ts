import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fingerprint } from './graph.ts';
import { placingsIn } from './placings.ts';
import { type RecordShape, recordShapes } from './records.ts';

/** A table as a feature's layout.ts names it. */
export interface TableLayout {
  readonly name: string;
  readonly bytes: number;
  /** There is one in each worker's area. */
  readonly perWorker: boolean;
  /** Fingerprint of what lies in it: its size, the records of the files that know its address, and how their places are found. */
  readonly layout: string;
}

/** A feature's layout.ts: its path without `.ts`, and what it exports. */
export interface LayoutModule {
  readonly path: string;
  readonly exports: Readonly<Record<string, unknown>>;
}

/**
 * Reads the tables of all features: `<TABLE>_BYTES` in a layout.ts makes a table of the shared memory,
 * `<TABLE>_WORKER_BYTES` one in every worker's area. Tables whose addresses stand in one file with records change together.
 */
export async function readTableLayouts(
  root: string,
  modules: readonly LayoutModule[],
): Promise<readonly TableLayout[]> {
  const sizes = modules.flatMap(({ exports }) => sizesOf(exports));
  const bytes = new Map(sizes.map((size) => [size.name, size.bytes]));
  const texts = (await Promise.all(modules.map(({ path }) => datapathTexts(join(root, path))))).flat();
  const files = recordFiles(texts);
  const placings = texts.flatMap(placingsIn);
  for (const name of placings.flatMap(({ tables }) => tables))
    if (!bytes.has(name)) throw new Error(`@places: expected a table of a layout.ts, got ${name}`);
  return sizes.map((size) => {
    const family = familyOf(size.name, files);
    const isOfFamily = ({ tables }: { readonly tables: readonly string[] }) =>
      tables.some((name) => family.has(name));
    const lengths = [...family].sort().map((name) => [name, bytes.get(name) ?? 0]);
    const shapes = files.filter(isOfFamily).map((file) => file.shapes);
    const places = placings.filter(isOfFamily).map(({ code }) => code);
    return { ...size, layout: fingerprint(JSON.stringify([lengths, shapes, places])) };
  });
}

/**
 * All that a layout says beside the tables, by name: numbers of the layout modules, and records that lie in no table
 * but in events, packets and blocks. Whoever takes over must agree in it, or have all that it concerns written again.
 *
 * @param texts what the compiler has read, by path
 */
export function looseShapes(
  root: string,
  modules: readonly LayoutModule[],
  texts: ReadonlyMap<string, string>,
): Readonly<Record<string, string>> {
  const numbers = modules.flatMap(({ path, exports }) =>
    Object.entries(exports)
      .filter(([name, value]) => typeof value === 'number' && (path === ENGINE || !name.endsWith('_BYTES')))
      .map(([name, value]) => [`${path} ${name}`, String(value)] as const),
  );
  const records = [...texts]
    .filter(([, text]) => tablesIn(text).length === 0)
    .flatMap(([path, text]) =>
      recordShapes(new Map([[path, text]])).map(([name, ...fields]) => {
        return [`${relative(root, path).replace(/\.ts$/, '')} ${name}`, fields.join(', ')] as const;
      }),
    );
  return Object.fromEntries([...numbers, ...records]);
}

/** Its sizes are those of the engine's own records: it names no tables. */
export const ENGINE = 'engine/layout';

/** A file that knows the addresses of tables and the records in them. */
interface RecordFile {
  readonly tables: readonly string[];
  readonly shapes: readonly RecordShape[];
}

/** The files of the datapath beside a layout.ts, in the order of their names. */
async function datapathTexts(layout: string): Promise<readonly string[]> {
  const folder = join(layout, '../datapath');
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.ts')).sort();
  return await Promise.all(names.map(async (name) => await readFile(join(folder, name), 'utf8')));
}

function recordFiles(texts: readonly string[]): readonly RecordFile[] {
  return texts
    .map((text) => ({ tables: tablesIn(text), shapes: recordShapes(new Map([['', text]])) }))
    .filter(({ tables, shapes }) => tables.length > 0 && shapes.length > 0);
}

/** The tables whose addresses a file imports. */
function tablesIn(text: string): readonly string[] {
  const [, names = ''] = /import \{([^}]*)\} from '[^']*\/datapath\/regions'/.exec(text) ?? [];
  return names
    .split(',')
    .map((name) => name.trim().replace(/_OFFSET$/, ''))
    .filter((name) => name !== '');
}

/** A table and all that change with it. */
function familyOf(name: string, files: readonly RecordFile[]): ReadonlySet<string> {
  const family = new Set([name]);
  for (let size = 0; size < family.size; ) {
    size = family.size;
    const related = files.filter(({ tables }) => tables.some((each) => family.has(each)));
    for (const each of related.flatMap(({ tables }) => tables)) family.add(each);
  }
  return family;
}

function sizesOf(exports: LayoutModule['exports']): { name: string; bytes: number; perWorker: boolean }[] {
  return Object.entries(exports).flatMap(([key, bytes]) => {
    if (typeof bytes !== 'number' || !key.endsWith('_BYTES')) return [];
    const perWorker = key.endsWith('_WORKER_BYTES');
    return [{ name: key.slice(0, perWorker ? -'_WORKER_BYTES'.length : -'_BYTES'.length), bytes, perWorker }];
  });
}
