import { copyFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { cachedDatapath } from '../engine/compiler/cache.ts';
import { grownNumbers, writeNumbers } from '../engine/compiler/numbers.ts';
import { packetPath } from './vrouter/packet-path.ts';

// Builds build/datapath.wasm from the program's lists, and gives new stages and drops their numbers.
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
