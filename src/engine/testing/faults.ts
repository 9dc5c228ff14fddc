import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import ts from 'typescript';
import type { DatapathSource } from '../compiler/compile.ts';
import { fingerprint } from '../compiler/graph.ts';
import { functionNamed, readStage, type Stage } from '../compiler/stages.ts';

/** What goes wrong in a stage. `pause` goes on after some milliseconds in an empty loop, `loop` never. */
export type FaultKind = 'unreachable' | 'out-of-bounds' | 'divide' | 'pause' | 'loop';

/** Where a stage goes wrong: at its first statement, or before its last. */
export type FaultPlace = 'first' | 'last';

/**
 * Gives a copy of a packet path whose every stage goes wrong when a packet asks for it, by `faultPayload` where the
 * payload of a UDP datagram without IP options lies. The copies of the stages are written to `folder`.
 */
export async function withFaults(source: DatapathSource, folder: string): Promise<DatapathSource> {
  const helper = join(folder, 'datapath/fault.ts');
  const text = helperText(resolve(source.root, 'engine/datapath'), dirname(helper));
  await write(helper, text);
  const stages: string[] = [];
  for (const path of source.stages) {
    const stage = readStage(join(source.root, `${path}.ts`));
    const file = join(folder, path, '..', `${stage.name}.ts`);
    // The stages are what a kept build is known by, and so they say which helper they want.
    await write(
      file,
      `${patch(stage, { file, helper, receives: path === source.stages[0] })}// ${fingerprint(text)}\n`,
    );
    stages.push(relative(source.root, file).replace(/\.ts$/, ''));
  }
  return { ...source, stages };
}

/** A stage that is to go wrong, how and where; at its first statement when nothing is said. */
export interface Fault {
  readonly stage: string;
  readonly kind: FaultKind;
  readonly place?: FaultPlace;
  /** How long `pause` takes. */
  readonly ms?: number;
}

/** The payload that lets a stage go wrong. */
export function faultPayload(fault: Fault): Uint8Array {
  const bytes = new Uint8Array(PAYLOAD_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, numberOf(fault.stage), true);
  view.setUint32(8, fault.ms ?? 0, true);
  view.setUint8(12, kinds.indexOf(fault.kind));
  view.setUint8(13, fault.place === 'last' ? 1 : 0);
  return bytes;
}

const MAGIC = 0x7a9b0c5d;
const PAYLOAD_BYTES = 32;
const kinds: readonly FaultKind[] = ['unreachable', 'out-of-bounds', 'divide', 'pause', 'loop'];

/** A number that stands for a stage's name in every build. */
function numberOf(stage: string): number {
  return Number.parseInt(fingerprint(stage).slice(0, 8), 16);
}

/** The stage's text with a fault in front of its function's first and last statement, its imports as from its new place. */
function patch(
  stage: Stage,
  { file, helper, receives }: { file: string; helper: string; receives: boolean },
): string {
  const text = ts.sys.readFile(stage.file) ?? '';
  const source = ts.createSourceFile(stage.file, text, ts.ScriptTarget.Latest, true);
  const declared = functionNamed(source, stage.functionName);
  const [first, last] = [declared?.body?.statements[0], declared?.body?.statements.at(-1)];
  const packet = declared?.parameters[0]?.name.getText();
  if (!first || !last) throw new Error(`stage ${stage.name}: its function has no statements`);
  const frame = receives ? `${packet}.data` : `frameOf(${packet})`; // who receives has yet to note where the frame starts
  const end = `${packet}.data + ${packet}.dataLen`;
  const fault = (place: number) => `goWrong(${frame}, ${end}, ${numberOf(stage.name)}, ${place});\n  `;
  const edits = source.statements
    .filter(ts.isImportDeclaration)
    .map(({ moduleSpecifier }) => moduleSpecifier as ts.StringLiteral)
    .map((module) => ({
      start: module.getStart(),
      end: module.getEnd(),
      text: `'${moduleFrom(dirname(file), resolve(dirname(stage.file), module.text))}'`,
    }))
    .concat([
      { start: first.getStart(), end: first.getStart(), text: fault(0) },
      { start: last.getStart(), end: last.getStart(), text: fault(1) },
    ]);
  const patched = edits.reduceRight(
    (before, edit) => before.slice(0, edit.start) + edit.text + before.slice(edit.end),
    text,
  );
  return `import { frameOf, goWrong } from '${moduleFrom(dirname(file), helper.replace(/\.ts$/, ''))}';\n${patched}`;
}

function helperText(datapath: string, folder: string): string {
  const module = (name: string) => moduleFrom(folder, join(datapath, name));
  return `
import { CONTROL_TICKS_PER_SECOND } from '${module('../layout')}';
import { cycles } from '${module('host')}';
import { delta } from '${module('instance')}';
import { NO_FRAME, Packet } from '${module('packet')}';

/** Where a packet's frame starts, or the packet where it came in none. @inline */
export function frameOf(packet: Packet): usize {
  return packet.frameOff == NO_FRAME ? packet.data : <usize>(packet.bufAddr - delta) + packet.frameOff;
}

/** Goes wrong where the frame asks for it: what lies behind its end is of another one, which had the buffer before. @inline */
export function goWrong(frame: usize, end: usize, stage: u32, place: u32): void {
  if (frame + ${42 + PAYLOAD_BYTES} <= end && load<u32>(frame, 42) == ${MAGIC}) goWrongAt(frame + 42, stage, place);
  if (frame + ${62 + PAYLOAD_BYTES} <= end && load<u32>(frame, 62) == ${MAGIC}) goWrongAt(frame + 62, stage, place);
}

/** @inline */
function goWrongAt(at: usize, stage: u32, place: u32): void {
  if (load<u32>(at, 4) != stage || load<u8>(at, 13) != <u8>place) return;
  const kind = load<u8>(at, 12);
  if (kind == 0) unreachable();
  if (kind == 1) store<u32>(SCRATCH, load<u32>(0xfffffff0));
  if (kind == 2) store<u32>(SCRATCH, 1 / load<u32>(ZERO));
  if (kind == 3) for (const end = <u64>cycles() + pauseTicks(at); <u64>cycles() < end; ) {}
  if (kind == 4) while (!atomic.load<u32>(ZERO)) {}
}

function pauseTicks(at: usize): u64 {
  return (<u64>load<u32>(at, 8) * load<u64>(CONTROL_TICKS_PER_SECOND)) / 1000;
}

/** Two words of the first page, which nobody uses. */
const SCRATCH: usize = 8192;
const ZERO: usize = 8196;
`;
}

/** A module as one in `folder` imports it. */
function moduleFrom(folder: string, module: string): string {
  const path = relative(folder, module);
  return path.startsWith('.') ? path : `./${path}`;
}

/** Writes a file in one step, for tests that run side by side. */
async function write(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(`${file}.${process.pid}.tmp`, text);
  await rename(`${file}.${process.pid}.tmp`, file);
}
