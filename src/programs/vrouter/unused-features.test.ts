import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import binaryen from 'binaryen';
import { cachedDatapath } from '../../engine/compiler/cache.ts';
import type { DatapathSource } from '../../engine/compiler/compile.ts';
import {
  bodyOf,
  type Expression,
  functionNamed,
  kindOf,
  numberOf,
  walk,
} from '../../engine/compiler/wasm-tree.ts';
import { packetPath } from './packet-path.ts';

// That plain forwarding does not pay for what is not used: the code of the common paths is the same whether the
// features above IP are built in or not, and it has grown by nothing since there were none.

const build = fileURLToPath(new URL('../../../build', import.meta.url));
/** The features that plain forwarding consists of. */
const plain = /^(engine|features\/(interface|mac|port|ether|vrf|neighbor|ip|representor))\//;
/**
 * Instructions in the text of the loop along the common paths, what it remembers for a burst with them
 * (docs/decisions/0025-what-a-burst-has-in-common.md): 1457 before that, and before there were tunnels, bridges and labels;
 * 1707 before a loop could begin in the middle of a burst (docs/decisions/0031-plain-packets-are-foreseen.md), and 1716
 * before each way out stored for itself what has changed there (docs/decisions/0035-what-changes-nothing-is-not-written.md),
 * and 3463 before the optimiser went over it once, not until nothing changed.
 */
const INSTRUCTIONS_BEFORE = 3469;

const { foreseen } = packetPath;

/** The packet path with the features of plain forwarding alone. */
const withoutOthers: DatapathSource = {
  ...packetPath,
  commonPaths: packetPath.commonPaths.filter(isPlain),
  ...(foreseen ? { foreseen: { ...foreseen, paths: foreseen.paths.filter(isPlain) } } : {}),
  stages: packetPath.stages.filter((path) => plain.test(path)),
  controlModules: packetPath.controlModules.filter((path) => plain.test(path)),
  layouts: packetPath.layouts.filter((path) => plain.test(path)),
  lookAhead: packetPath.lookAhead?.filter((path) => plain.test(path)) ?? [],
};

function isPlain(names: readonly string[]): boolean {
  const files = packetPath.stages.filter((path) => names.some((name) => path.endsWith(`/${name}`)));
  return files.every((path) => plain.test(path));
}

/** What in an instruction is no number that says where something lies. */
const shown: Readonly<Record<string, readonly string[]>> = {
  Binary: ['Op'],
  Unary: ['Op'],
  LocalGet: ['Index'],
  LocalSet: ['Index'],
  Load: ['Bytes'],
  Store: ['Bytes'],
};

function instructionOf(expression: Expression): string {
  const kind = kindOf(expression);
  return [kind, ...(shown[kind] ?? []).map((name) => numberOf(expression, name))].join(' ');
}

/** The instructions of the loop along the common paths, numbers aside. */
async function commonPaths(source: DatapathSource): Promise<readonly string[]> {
  const module = binaryen.readBinary((await cachedDatapath(source, build)).code);
  const instructions: string[] = [];
  walk(bodyOf(functionNamed(module, 'graph/passFast')), (place) => {
    instructions.push(instructionOf(place.get()));
  });
  module.dispose();
  return instructions;
}

const whole = await commonPaths(packetPath);

test('the common paths are the same code with and without the features that plain forwarding does not use', async () => {
  assert.ok(withoutOthers.stages.length < packetPath.stages.length);
  assert.deepEqual(await commonPaths(withoutOthers), whole);
});

test('the common paths have no more instructions than before those features were there', () => {
  assert.ok(
    whole.length <= INSTRUCTIONS_BEFORE,
    `${whole.length} instructions, and there were ${INSTRUCTIONS_BEFORE}`,
  );
});

test('what is received and takes the usual stage behind the first one has a loop of its own: plain forwarding', () => {
  const [received, second] = packetPath.commonPaths[0] ?? [];
  const ofReceived = packetPath.commonPaths.filter(([first]) => first === received);
  assert.ok(ofReceived.some((path) => !isPlain(path)));
  for (const path of ofReceived) assert.equal(path[1] === second, isPlain(path));
});
