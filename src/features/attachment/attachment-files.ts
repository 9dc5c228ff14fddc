import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { replaceFileAsync } from '../../engine/host/replace-file.ts';
import { keyOf } from '../../kube/object.ts';
import { validate } from '../../kube/validate.ts';
import { type Attachment, attachmentSchema } from './attachment.ts';

/** The attachments of a node as files of its agent, one object each, with their status. */
export class AttachmentFiles {
  readonly #directory: string;
  /** What was written, by name, in the words of JSON, which are made sooner; undefined before the first time. */
  #written: ReadonlyMap<string, string> | undefined;

  constructor(stateDirectory: string) {
    this.#directory = folderOf(stateDirectory);
  }

  /** Makes the files those of these attachments: nothing that is right already is touched. */
  async keep(attachments: readonly Attachment[]): Promise<void> {
    const wanted = new Map(attachments.map((attachment) => [nameOf(attachment), attachment]));
    const texts = new Map([...wanted].map(([name, attachment]) => [name, JSON.stringify(attachment)]));
    const written = this.#written ?? (await this.#found());
    this.#written = undefined; // what is done halfway is looked at again
    for (const [name, attachment] of wanted)
      if (written.get(name) !== texts.get(name))
        await replaceFileAsync(join(this.#directory, name), stringify(attachment));
    for (const name of written.keys())
      if (!wanted.has(name)) await rm(join(this.#directory, name), { force: true });
    this.#written = texts;
  }

  async #found(): Promise<ReadonlyMap<string, string>> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    return new Map((await readdir(this.#directory)).map((name) => [name, '']));
  }
}

/** Reads the attachments that an agent has written into its directory; a file that is none is left out. @throws Error ENOENT where no agent has */
export async function readAttachments(stateDirectory: string): Promise<readonly Attachment[]> {
  const folder = folderOf(stateDirectory);
  const names = (await readdir(folder)).filter((name) => name.endsWith('.yaml')).sort();
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8').catch(() => '')));
  return texts.flatMap((text) => validate(attachmentSchema, parse(text)).value ?? []);
}

function folderOf(stateDirectory: string): string {
  return join(stateDirectory, 'attachments');
}

function nameOf(attachment: Attachment): string {
  return `${keyOf(attachment).replace('/', '.')}.yaml`;
}
