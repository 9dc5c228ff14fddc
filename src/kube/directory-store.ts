import { watch } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { type KubeObject, referenceTo } from './object.ts';
import { ObjectFiles } from './object-files.ts';
import type { YamlDocument } from './read-yaml.ts';
import { isRecord } from './schema-node.ts';
import { StatusFiles } from './status-files.ts';
import type { Fault, Listing, ObjectStore, ReadObject, StatusOf } from './store.ts';

/**
 * Objects in the YAML files of a directory and of those below it; their status in the directory .status beside them.
 * What is wrong with one document does not touch the others. Of two documents for one object the first counts.
 */
export class DirectoryStore<Item extends KubeObject> implements ObjectStore<Item> {
  readonly #directory: string;
  readonly #read: ReadObject<Item>;
  readonly #files: ObjectFiles;
  readonly #status: StatusFiles;
  #known: ReadonlyMap<string, Item> = new Map();

  constructor(directory: string, read: ReadObject<Item>) {
    this.#directory = directory;
    this.#read = read;
    this.#files = new ObjectFiles(directory);
    this.#status = new StatusFiles(directory);
  }

  async list(): Promise<Listing<Item>> {
    const objects = new Map<string, Item>();
    const faults: Fault[] = [];
    for (const file of await this.#files.read()) {
      for (const document of file.documents) {
        const found = await this.#readDocument(document);
        const where = `${file.name}:${document.line}`;
        if (typeof found === 'string') faults.push({ where, reason: found });
        else if (objects.has(referenceTo(found))) faults.push({ where, reason: twice(found) });
        else objects.set(referenceTo(found), this.#sameAsBefore(found));
      }
    }
    this.#known = objects;
    return { objects: [...objects.values()], faults };
  }

  async *watch(signal: AbortSignal): AsyncIterable<Listing<Item>> {
    const changes = watch(this.#directory, { recursive: true, signal });
    const iterator = changes[Symbol.asyncIterator]();
    // The watch begins with the first question; what changes while we read is seen afterwards.
    let change = nextOf(iterator);
    let before: Listing<Item> | undefined;
    try {
      while (!signal.aborted) {
        const now = await this.list();
        if (!isDeepStrictEqual(before, now)) yield now;
        before = now;
        if ((await change).done === true) return;
        change = nextOf(iterator);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      await iterator.return?.();
    }
  }

  async writeStatus(object: StatusOf, status: unknown): Promise<void> {
    await this.#status.write(object, status);
  }

  /** Gives the object with its status, or why it is none. */
  async #readDocument(document: YamlDocument): Promise<Item | string> {
    if (document.reason !== undefined) return document.reason;
    const read = this.#read(document.value);
    if (read.problems !== undefined) return `${nameOf(document.value)}${read.problems.join('; ')}`;
    const status = await this.#status.read(read.value);
    if (status === undefined) return read.value;
    return this.#read({ ...read.value, status }).value ?? read.value;
  }

  #sameAsBefore(object: Item): Item {
    const before = this.#known.get(referenceTo(object));
    return before !== undefined && isDeepStrictEqual(before, object) ? before : object;
  }
}

/** The signal may come while nobody waits for the next change: then its failure is nobody's. */
function nextOf<Item>(iterator: AsyncIterator<Item>): Promise<IteratorResult<Item>> {
  const next = iterator.next();
  next.catch(() => undefined);
  return next;
}

function twice(object: KubeObject): string {
  return `expected ${referenceTo(object)} once, got it again: the first one counts`;
}

/** Names what claims to be an object as well as it can be named. */
function nameOf(value: unknown): string {
  if (!isRecord(value) || typeof value.kind !== 'string') return '';
  const name = isRecord(value.metadata) ? value.metadata.name : undefined;
  return `${value.kind} ${typeof name === 'string' ? name : 'without a name'}: `;
}
