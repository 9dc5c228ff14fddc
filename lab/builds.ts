import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cachedDatapath } from '../src/engine/compiler/cache.ts';
import type { DatapathSource } from '../src/engine/compiler/compile.ts';
import { withFaults } from '../src/engine/testing/faults.ts';
import { packetPath } from '../src/programs/vrouter/packet-path.ts';

// Builds of the datapath that differ from the one that the router starts with. Each is a file, kept until its sources change.

const folder = fileURLToPath(new URL('../build', import.meta.url));
const stages = join(folder, 'lab-stages');

/** The build that the router starts with. */
export const ordinary = join(folder, 'datapath.wasm');

/** A build with one more stage, `lab-extra`. */
export async function withOneMoreStage(): Promise<string> {
  const extra = await write('datapath/lab-extra.ts', stageText('Takes nothing yet.', 'labExtra'));
  return build({ ...packetPath, stages: [...packetPath.stages, extra] });
}

/** A build that drops what it should answer: pings of the router. */
export async function withoutAnswers(): Promise<string> {
  const silent = await write('silent/datapath/icmp4-local.ts', stageText('Answers nobody.', 'icmp4Local'));
  return build({ ...packetPath, stages: packetPath.stages.map((path) => (isIcmp4(path) ? silent : path)) });
}

/** A build that traps where a packet asks for it, and in order otherwise. */
export async function withTraps(): Promise<string> {
  return build(await withFaults(packetPath, join(stages, 'faulty')));
}

/** A build whose tables lie elsewhere. */
export async function withAnotherLayout(): Promise<string> {
  const layout = await write('layout.ts', 'export const LAB_TABLE_BYTES = 65536;\n');
  return build({ ...packetPath, layouts: [layout, ...packetPath.layouts] });
}

async function build(source: DatapathSource): Promise<string> {
  return (await cachedDatapath(source, folder)).file;
}

/** Writes a source file and gives its path as the compiler's lists have it. */
async function write(name: string, text: string): Promise<string> {
  const file = join(stages, name);
  await mkdir(join(file, '..'), { recursive: true });
  await writeFile(file, text);
  return `../build/lab-stages/${name.replace(/\.ts$/, '')}`;
}

function isIcmp4(path: string): boolean {
  return path.endsWith('/icmp4-local');
}

function stageText(doc: string, name: string): string {
  return `
import { Packet } from '${'../'.repeat(name === 'labExtra' ? 3 : 4)}src/engine/datapath/packet';

export enum Edge {
  CONSUMED,
  /** The lab wants it so. */
  DROP_LAB_NOTHING,
}

/** ${doc} */
export function ${name}(packet: Packet): u32 {
  return packet.pktLen ? Edge.DROP_LAB_NOTHING : Edge.CONSUMED;
}
`;
}
