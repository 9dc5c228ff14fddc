import { mkdir, readFile, rename, utimes } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Loader, type Metafile, type Plugin } from 'esbuild';
import { replaceFileAsync } from '../../engine/host/replace-file.ts';

/**
 * Packs a program and all that it imports into one file, which starts in less than half the time. The file bears the
 * time at which its packing began, and a list beside it says what it is made of: bin/millrace runs the sources instead
 * when one of them is younger.
 */
export async function packProgram(entry: string, file: string): Promise<void> {
  const began = new Date();
  const unfinished = `${file}.${process.pid}.tmp`;
  const folder = dirname(file);
  await mkdir(folder, { recursive: true });
  const { metafile } = await build({
    entryPoints: [entry],
    outfile: unfinished,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: `node${process.versions.node}`,
    legalComments: 'none',
    logLevel: 'error',
    plugins: [builtins, places],
    absWorkingDir: folder,
    metafile: true,
  });
  await replaceFileAsync(file.replace(/\.mjs$/, '.sources'), sourcesIn(metafile));
  await utimes(unfinished, began, began);
  await rename(unfinished, file);
}

/** The sources of a pack, as seen from its folder, one a line: libraries are as young as the list of what is installed. */
function sourcesIn({ inputs }: Metafile): string {
  const own = Object.keys(inputs).filter(
    (path) => path.startsWith('../') && !path.includes('/node_modules/'),
  );
  return [...own, '../../node_modules/.package-lock.json', ''].join('\n');
}

/** Where the pack of a program is. */
export function packOf(folder: string, program: string): string {
  return join(folder, 'programs', `${program}.mjs`);
}

/**
 * An import of a builtin module reads all that it exports, which for node:http means to load a client of 26 ms, and for
 * node:util what decodes texts. Of what an `import` statement names, a pack reads no more; a `require` may ask for anything.
 */
const builtins: Plugin = {
  name: 'builtins',
  setup({ onResolve, onLoad }) {
    const names = builtinModules.filter((name) => !name.startsWith('_')).join('|');
    onResolve({ filter: new RegExp(`^(node:)?(${names})$`) }, ({ path, kind }) => {
      const namespace = kind === 'import-statement' ? 'builtin-exports' : 'builtin';
      return { path: path.replace(/^(node:)?/, 'node:'), namespace };
    });
    onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => {
      return { contents: `module.exports = process.getBuiltinModule('${path}')`, loader: 'js' };
    });
    onLoad({ filter: /.*/, namespace: 'builtin-exports' }, ({ path }) => {
      return { contents: exportsOf(path), loader: 'js' };
    });
  },
};

/** A module with the exports of a builtin one, each of which is read only where somebody imports it. */
function exportsOf(path: string): string {
  const names = Object.keys(process.getBuiltinModule(path) ?? {}).filter((name) => name !== 'default');
  const read = (name: string, index: number) =>
    `const export${index} = /* @__PURE__ */ (() => builtin[${JSON.stringify(name)}])();
     export { export${index} as ${JSON.stringify(name)} };`;
  return [
    `const builtin = process.getBuiltinModule('${path}');`,
    'export default builtin;',
    ...names.map(read),
  ].join('\n');
}

/** A module finds the files beside it by its own place, which is not that of the pack. */
const places: Plugin = {
  name: 'places',
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      const contents = text
        .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href))
        .replaceAll('import.meta.dirname', JSON.stringify(dirname(path)));
      return { contents, loader: 'ts' satisfies Loader };
    });
  },
};
