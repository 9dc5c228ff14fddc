import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { replaceFileAsync } from '../engine/host/replace-file.ts';
import { keyOf } from './object.ts';
import type { StatusOf } from './store.ts';

/** The status of objects in files beside them: .status/KIND/NAMESPACE/NAME.yaml, each written whole or not at all. */
export class StatusFiles {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = join(directory, '.status');
  }

  /** Gives what was written; undefined when nothing was, or when it cannot be read: it will be written again. */
  async read(object: StatusOf): Promise<unknown> {
    try {
      return parse(await readFile(this.#pathOf(object), 'utf8'));
    } catch {
      return undefined;
    }
  }

  async write(object: StatusOf, status: unknown): Promise<void> {
    const path = this.#pathOf(object);
    const text = `# Written by millrace for ${object.kind} ${keyOf(object)}: what it found, and what it chose.\n${stringify(status)}`;
    if ((await readFile(path, 'utf8').catch(() => undefined)) === text) return;
    await mkdir(join(path, '..'), { recursive: true });
    await replaceFileAsync(path, text, { flush: true });
  }

  #pathOf({ kind, metadata }: StatusOf): string {
    return join(this.#directory, kind, metadata.namespace, `${metadata.name}.yaml`);
  }
}
