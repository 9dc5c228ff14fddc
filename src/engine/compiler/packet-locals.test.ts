import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import binaryen from 'binaryen';
import { packetPath } from '../../programs/vrouter/packet-path.ts';
import { cachedDatapath } from './cache.ts';
import { compileDatapath } from './compile.ts';
import { bodyOf, functionNamed, kindOf, textOf, walk } from './wasm-tree.ts';

/** How many loops there are for packets that nobody has looked at: what is received has one for each stage behind the first. */
const [received] = packetPath.commonPaths[0] ?? [];
const loops = new Set(packetPath.commonPaths.map(([first, second]) => (first === received ? second : first)))
  .size;

const build = fileURLToPath(new URL('../../../build', import.meta.url));
const folder = join(build, 'test-locals/datapath');

/** A packet path whose last stage is port-tx with `line` in front of its first statement, and with `functions`. */
async function withPortTx(line: string, functions: string) {
  const original = join(packetPath.root, 'features/port/datapath/port-tx.ts');
  const text = (await readFile(original, 'utf8'))
    .replaceAll("'../../../", "'../../../src/")
    .replaceAll("'../../interface", "'../../../src/features/interface")
    .replaceAll("'./", "'../../../src/features/port/datapath/")
    .replace(
      '  const iface = interfaceAt(packet.output);',
      `  ${line}\n  const iface = interfaceAt(packet.output);`,
    );
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'port-tx.ts'), `${text}\n${functions}\n`);
  const stages = packetPath.stages.map((stage) =>
    stage.endsWith('/port-tx') ? '../build/test-locals/datapath/port-tx' : stage,
  );
  return { ...packetPath, stages };
}

test('nothing is called along the common paths but what gathers packets and takes one off them', async () => {
  const { code } = await cachedDatapath(packetPath, build);
  const module = binaryen.readBinary(code);
  const calls: string[] = [];
  walk(bodyOf(functionNamed(module, 'graph/passFast')), ({ get }) => {
    if (kindOf(get()) === 'Call') calls.push(textOf(get(), 'Target').replace(/.*\//, ''));
  });
  module.dispose();
  assert.deepEqual(calls, ['gatherStretch', 'letGo']);
});

test('the loop of foreseen packets asks less than half of what the other one asks', async () => {
  const { code } = await cachedDatapath(packetPath, build);
  const module = binaryen.readBinary(code);
  const [others, foreseen] = ['', String(loops)].map((suffix) => {
    const kinds: string[] = [];
    walk(bodyOf(functionNamed(module, `graph/passFast${suffix}`)), ({ get }) => kinds.push(kindOf(get())));
    return kinds.filter((kind) => kind === 'If').length;
  });
  module.dispose();
  assert.ok(others !== undefined && foreseen !== undefined);
  assert.ok(foreseen > 0 && 2 * foreseen < others, `${foreseen} and ${others} questions`);
});

test('each path of foreseen packets has a loop of its own, in which nothing is called either', async () => {
  const { code } = await cachedDatapath(packetPath, build);
  const module = binaryen.readBinary(code);
  const paths = packetPath.foreseen?.paths ?? [];
  const calls = paths.map((_, i) => {
    const called: string[] = [];
    walk(bodyOf(functionNamed(module, `graph/passFast${loops + i}`)), ({ get }) => {
      if (kindOf(get()) === 'Call') called.push(textOf(get(), 'Target').replace(/.*\//, ''));
    });
    return called;
  });
  module.dispose();
  assert.ok(paths.length > 1);
  for (const called of calls) assert.deepEqual(called, ['gatherStretch', 'letGo']);
});

test('along the others, only tables and options are searched by calls', async () => {
  const { code } = await cachedDatapath(packetPath, build);
  const module = binaryen.readBinary(code);
  const calls = new Set<string>();
  for (let loop = 1; loop < loops; loop++) {
    walk(bodyOf(functionNamed(module, `graph/passFast${loop}`)), ({ get }) => {
      if (kindOf(get()) === 'Call') calls.add(textOf(get(), 'Target').replace(/.*\//, ''));
    });
  }
  module.dispose();
  assert.deepEqual([...calls].sort(), ['findOption', 'findSeen', 'gatherStretch', 'letGo', 'lookUpFurther']);
});

test('a stage on a common path that calls a function is refused, and the function named', async () => {
  const source = await withPortTx(
    'note(packet);',
    'function note(packet: Packet): void {\n  packet.note = packet.pktLen;\n}',
  );
  await assert.rejects(
    compileDatapath(source),
    /port-tx\/note is called on a common path: it has to be inlined/,
  );
});

test('a function that only computes may be called', async () => {
  const source = await withPortTx(
    'if (odd(packet.pktLen) == 3) return Edge.DROP_OUTPUT_DOWN;',
    'function odd(length: u32): u32 {\n  return length & 1;\n}',
  );
  assert.ok((await compileDatapath(source)).length > 10_000);
});

test('a counter of a burst that a stage on a common path reads is refused, and its field named', async () => {
  const source = await withPortTx(
    'if (interfaceStats(packet.output).txPackets > 9) return Edge.DROP_OUTPUT_DOWN;',
    '',
  );
  await assert.rejects(
    compileDatapath(source),
    /InterfaceStats#get:txPackets: a summed field can only be added to on a common path/,
  );
});

test('a counter of a burst that a stage on a common path sets is refused, and its field named', async () => {
  const source = await withPortTx('interfaceStats(packet.output).txBytes = 1;', '');
  await assert.rejects(
    compileDatapath(source),
    /InterfaceStats#set:txBytes: a summed field can only be added to on a common path/,
  );
});
