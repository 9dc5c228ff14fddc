import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { cachedDatapath } from '../engine/compiler/cache.ts';
import { grownNumbers, writeNumbers } from '../engine/compiler/numbers.ts';
import type { TablePlaces } from '../engine/compiler/regions.ts';
import { readInfo } from '../engine/host/datapath.ts';
import { packOf, packProgram } from './build/pack.ts';
import { packetPath } from './vrouter/packet-path.ts';

// Builds build/datapath.wasm from the program's lists, and gives new stages and drops their numbers; packs the programs
// that somebody waits for.
//
//   millrace build [--beside FILE] [--output FILE]
//
// --beside lays tables that differ from those of another build beside them, so that this one can take over from it.
const { values } = parseArgs({ options: { beside: { type: 'string' }, output: { type: 'string' } } });
const folder = fileURLToPath(new URL('../../build', import.meta.url));
const started = performance.now();
const numbers = grownNumbers(packetPath);
if (!isDeepStrictEqual(numbers, packetPath.numbers)) {
  await writeFile(new URL('./vrouter/node-numbers.ts', import.meta.url), writeNumbers(numbers));
  console.log(
    'datapath: new stages or drops have got their numbers: commit src/programs/vrouter/node-numbers.ts',
  );
}
const beside = values.beside === undefined ? {} : { beside: await tablesOf(values.beside) };
const { code, file } = await cachedDatapath({ ...packetPath, numbers, ...beside }, folder);
await copyFile(file, values.output ?? `${folder}/datapath.wasm`);
console.log(`datapath: ${code.length} bytes in ${Math.round(performance.now() - started)} ms`);

const packed = performance.now();
const programs = ['vrouter', 'ctl'];
for (const name of programs)
  await packProgram(fileURLToPath(new URL(`./${name}.ts`, import.meta.url)), packOf(folder, name));
console.log(`programs: ${programs.join(', ')} packed in ${Math.round(performance.now() - packed)} ms`);

async function tablesOf(build: string): Promise<TablePlaces> {
  const module = await WebAssembly.compile(new Uint8Array(await readFile(build)));
  return readInfo(module).tables;
}
