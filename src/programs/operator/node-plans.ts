import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFileAsync } from '../../engine/host/replace-file.ts';
import type { NodePlan } from '../../features/plan/index.ts';

/** Plans in files for the agents of nodes: DIRECTORY/NODE.json, each written whole or not at all. */
export class NodePlanFiles {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  async write(plan: NodePlan): Promise<void> {
    await mkdir(this.#directory, { recursive: true });
    const path = join(this.#directory, `${plan.node}.json`);
    await replaceFileAsync(path, `${JSON.stringify(plan)}\n`, { flush: true });
  }

  /** Removes the plans of nodes that are not among these. */
  async keepOnly(nodes: { has(node: string): boolean }): Promise<void> {
    const files = await readdir(this.#directory).catch(() => []);
    const gone = files.filter((file) => file.endsWith('.json') && !nodes.has(file.slice(0, -'.json'.length)));
    await Promise.all(gone.map((file) => rm(join(this.#directory, file), { force: true })));
  }
}
