import { copyFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { cachedDatapath } from '../engine/compiler/cache.ts';
import { grownNumbers, writeNumbers } from '../engine/compiler/numbers.ts';
import { packOf, packProgram } from './build/pack.ts';
import { packetPath } from './vrouter/packet-path.ts';

// Builds build/datapath.wasm from the program's lists, and gives new stages and drops their numbers; packs the programs
// that somebody waits for.
const folder = fileURLToPath(new URL('../../build', import.meta.url));
const started = performance.now();
const numbers = grownNumbers(packetPath);
if (!isDeepStrictEqual(numbers, packetPath.numbers)) {
  await writeFile(new URL('./vrouter/node-numbers.ts', import.meta.url), writeNumbers(numbers));
  console.log(
    'datapath: new stages or drops have got their numbers: commit src/programs/vrouter/node-numbers.ts',
  );
}
const { code, file } = await cachedDatapath({ ...packetPath, numbers }, folder);
await copyFile(file, `${folder}/datapath.wasm`);
console.log(`datapath: ${code.length} bytes in ${Math.round(performance.now() - started)} ms`);

const packed = performance.now();
const programs = ['vrouter', 'ctl'];
for (const name of programs)
  await packProgram(fileURLToPath(new URL(`./${name}.ts`, import.meta.url)), packOf(folder, name));
console.log(`programs: ${programs.join(', ')} packed in ${Math.round(performance.now() - packed)} ms`);
