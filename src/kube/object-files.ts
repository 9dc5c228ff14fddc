import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readYaml, type YamlDocument } from './read-yaml.ts';

/** A YAML file of a directory, or why it could not be read. */
export interface ObjectFile {
  readonly name: string;
  readonly documents: readonly YamlDocument[];
}

const largestFile = 64 * 2 ** 20;

/** Reads the YAML files of a directory, one after the other by name; a file that did not change is not read again. */
export class ObjectFiles {
  readonly #directory: string;
  readonly #known = new Map<string, { readonly version: string; readonly file: ObjectFile }>();

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** @throws Error when there is no such directory */
  async read(): Promise<readonly ObjectFile[]> {
    const names = (await readdir(this.#directory, { recursive: true })).filter(isObjectFile).sort();
    for (const name of this.#known.keys()) if (!names.includes(name)) this.#known.delete(name);
    const files: ObjectFile[] = [];
    for (const name of names) files.push(await this.#readOne(name));
    return files;
  }

  async #readOne(name: string): Promise<ObjectFile> {
    try {
      const path = join(this.#directory, name);
      const { ino, size, mtimeNs } = await stat(path, { bigint: true });
      const version = `${ino} ${size} ${mtimeNs}`;
      const known = this.#known.get(name);
      if (known?.version === version) return known.file;
      if (size > largestFile) return unreadable(name, `expected a file of at most 64 MiB, got ${size} bytes`);
      const file = { name, documents: readYaml(await readFile(path, 'utf8')) };
      this.#known.set(name, { version, file });
      return file;
    } catch (error) {
      return unreadable(
        name,
        `expected a file that can be read: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }
}

/** What starts with a dot is not ours, or our own status. */
function isObjectFile(name: string): boolean {
  return /\.ya?ml$/.test(name) && !/(^|\/)\./.test(name);
}

function unreadable(name: string, reason: string): ObjectFile {
  return { name, documents: [{ line: 1, reason }] };
}
