import { copyFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { cachedDatapath } from '../engine/compiler/cache.ts';
import { packetPath } from './vrouter/packet-path.ts';

// Builds build/datapath.wasm from the program's lists.
const folder = fileURLToPath(new URL('../../build', import.meta.url));
const started = performance.now();
const { code, file } = await cachedDatapath(packetPath, folder);
await copyFile(file, `${folder}/datapath.wasm`);
console.log(`datapath: ${code.length} bytes in ${Math.round(performance.now() - started)} ms`);
