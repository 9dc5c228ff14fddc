import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Compile } from 'typebox/compile';
import { replaceFile } from '../../engine/host/replace-file.ts';
import { type NodeStatus, nodeStatusSchema } from './node-status.ts';

const schema = Compile(nodeStatusSchema);

/** Writes the status of a node, NODE.json in a directory. */
export function writeNodeStatus(directory: string, status: NodeStatus): void {
  mkdirSync(directory, { recursive: true });
  replaceFile(join(directory, `${status.node}.json`), `${JSON.stringify(status, null, 2)}\n`);
}

/** Reads the status of a node; undefined where none was written, or what is there is none. */
export function readNodeStatus(directory: string, node: string): NodeStatus | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(join(directory, `${node}.json`), 'utf8'));
    return schema.Check(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Reads the status of all nodes that have written one. @throws Error where there is no such directory */
export function readNodeStatuses(directory: string): readonly NodeStatus[] {
  const nodes = readdirSync(directory).filter((file) => file.endsWith('.json'));
  return nodes.sort().flatMap((file) => readNodeStatus(directory, file.slice(0, -'.json'.length)) ?? []);
}
