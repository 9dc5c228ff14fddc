import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFileAsync } from '../../engine/host/replace-file.ts';
import { keyOf } from '../../kube/object.ts';
import { validate } from '../../kube/validate.ts';
import { type Attachment, attachmentSchema } from './attachment.ts';

/**
 * The attachments of a node as files of its agent, one object each, with their status. They are JSON, as they are written
 * while pods start: YAML of 110 takes 100 ms on a slow machine, and this less than one.
 */
export class AttachmentFiles {
  readonly #directory: string;
  /** What was written, by name; undefined before the first time. */
  #written: ReadonlyMap<string, string> | undefined;

  constructor(stateDirectory: string) {
    this.#directory = folderOf(stateDirectory);
  }

  /** Makes the files those of these attachments: nothing that is right already is touched. */
  async keep(attachments: readonly Attachment[]): Promise<void> {
    const wanted = new Map(attachments.map((attachment) => [nameOf(attachment), textOf(attachment)]));
    const written = this.#written ?? (await this.#found());
    this.#written = undefined; // what is done halfway is looked at again
    for (const [name, text] of wanted)
      if (written.get(name) !== text) await replaceFileAsync(join(this.#directory, name), text);
    for (const name of written.keys())
      if (!wanted.has(name)) await rm(join(this.#directory, name), { force: true });
    this.#written = wanted;
  }

  async #found(): Promise<ReadonlyMap<string, string>> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    return new Map((await readdir(this.#directory)).map((name) => [name, '']));
  }
}

/** Reads the attachments that an agent has written into its directory; a file that is none is left out. @throws Error ENOENT where no agent has */
export async function readAttachments(stateDirectory: string): Promise<readonly Attachment[]> {
  const folder = folderOf(stateDirectory);
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8').catch(() => '')));
  return texts.flatMap((text) => validate(attachmentSchema, parsed(text)).value ?? []);
}

function folderOf(stateDirectory: string): string {
  return join(stateDirectory, 'attachments');
}

function nameOf(attachment: Attachment): string {
  return `${keyOf(attachment).replace('/', '.')}.json`;
}

function textOf(attachment: Attachment): string {
  return `${JSON.stringify(attachment, undefined, 2)}\n`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
