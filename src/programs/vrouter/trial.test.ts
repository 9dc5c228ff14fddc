import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { cachedDatapath } from '../../engine/compiler/cache.ts';
import { type Datapath, loadDatapath } from '../../engine/host/datapath.ts';
import { tryDatapath } from '../../engine/host/trial.ts';
import { Bench } from '../../engine/testing/bench.ts';
import { packetPath } from './packet-path.ts';

const trials = new URL('./trials.ts', import.meta.url);
const folder = fileURLToPath(new URL('../../../build', import.meta.url));
let code: Uint8Array<ArrayBuffer>;
let running: Datapath;

before(async () => {
  code = (await cachedDatapath(packetPath, folder)).code;
  running = loadDatapath(code);
});

test('the packet path passes its own trials', async () => {
  const { module } = await attempt(code);
  assert.ok(new Bench({ module, info: running.info }).control.exports['setInterface']);
});

test('what is no module is refused', async () => {
  await assert.rejects(attempt(new Uint8Array(await readFile(import.meta.filename))), /expected magic word/);
});

test('a module that is no datapath is refused', async () => {
  const empty = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
  await assert.rejects(attempt(empty), /no custom section millrace/);
});

test('a build without a control function that is called is refused', async () => {
  await assert.rejects(
    attempt(code, { notThere: 3 }),
    /the control function notThere of 3 parameters, got none/,
  );
});

function attempt(build: Uint8Array<ArrayBuffer>, functions: Readonly<Record<string, number>> = {}) {
  const needs = { nodes: ['port-tx'], functions, rewrites: [] };
  return tryDatapath(build, { doing: 'try a build', trials, running: running.info, needs });
}
