import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/**
 * What an agent has made of its router, by places of pieces, so that what nobody plans any more can be told from what
 * an operator has added by hand. A place is noted before anything is made there, and forgotten when nothing is.
 */
export class Made {
  readonly #database: DatabaseSync;

  private constructor(database: DatabaseSync) {
    this.#database = database;
    database.exec('CREATE TABLE IF NOT EXISTS made (place TEXT PRIMARY KEY) STRICT, WITHOUT ROWID');
  }

  /** Opens the notes in a directory. What cannot be read is put aside: then nothing counts as made before. */
  static open(directory: string): Made {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const path = join(directory, 'fabric.sqlite');
    try {
      return new Made(new DatabaseSync(path));
    } catch (error) {
      if (!(error instanceof Error) || !/malformed|not a database|corrupt/i.test(error.message)) throw error;
      renameSync(path, `${path}.damaged`);
      return new Made(new DatabaseSync(path));
    }
  }

  /** Reads the notes in a directory, which may have none, and changes nothing. */
  static read(directory: string): ReadonlySet<string> {
    const path = join(directory, 'fabric.sqlite');
    if (!existsSync(path)) return new Set();
    const database = new DatabaseSync(path, { readOnly: true });
    const places = placesOf(database);
    database.close();
    return places;
  }

  get places(): ReadonlySet<string> {
    return placesOf(this.#database);
  }

  note(places: readonly string[]): void {
    const insert = this.#database.prepare('INSERT OR IGNORE INTO made VALUES (?)');
    this.#atOnce(() => {
      for (const place of places) insert.run(place);
    });
  }

  /** Forgets all but these. */
  keepOnly(places: ReadonlySet<string>): void {
    const remove = this.#database.prepare('DELETE FROM made WHERE place = ?');
    const gone = [...this.places].filter((place) => !places.has(place));
    this.#atOnce(() => {
      for (const place of gone) remove.run(place);
    });
  }

  close(): void {
    this.#database.close();
  }

  #atOnce(change: () => void): void {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      change();
      this.#database.exec('COMMIT');
    } catch (error) {
      this.#database.exec('ROLLBACK');
      throw error;
    }
  }
}

function placesOf(database: DatabaseSync): ReadonlySet<string> {
  const rows = database.prepare('SELECT place FROM made').all();
  return new Set(rows.map(({ place }) => String(place)));
}
