import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { PodError } from './pod-error.ts';

/** Opens the ledger's file and holds it alone; makes it where there is none. @throws PodError busy, corrupt, host */
export function openDatabase(path: string): DatabaseSync {
  const doing = `open the ledger ${path}`;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const database = new DatabaseSync(path);
    database.exec(settings);
    database.exec('BEGIN IMMEDIATE');
    checkWhole(doing, database);
    database.exec(schema);
    database.exec('COMMIT');
    return database;
  } catch (error) {
    throw error instanceof PodError ? error : explained(doing, error);
  }
}

/** The attachments that a node has, the addresses that they hold, and those that are kept for whoever comes back. */
const schema = `
  CREATE TABLE IF NOT EXISTS boot (id TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS attachment (
    number INTEGER PRIMARY KEY,
    container TEXT NOT NULL,
    interface TEXT NOT NULL,
    network TEXT NOT NULL,
    record TEXT NOT NULL,
    state TEXT NOT NULL,
    UNIQUE (container, interface)
  ) STRICT;
  CREATE TABLE IF NOT EXISTS address (
    network TEXT NOT NULL,
    address TEXT NOT NULL,
    number INTEGER NOT NULL REFERENCES attachment (number) ON DELETE CASCADE,
    PRIMARY KEY (network, address)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS address_number ON address (number);
  CREATE TABLE IF NOT EXISTS mac (
    network TEXT NOT NULL,
    mac TEXT NOT NULL,
    number INTEGER NOT NULL REFERENCES attachment (number) ON DELETE CASCADE,
    PRIMARY KEY (network, mac)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS last (
    network TEXT NOT NULL,
    prefix TEXT NOT NULL,
    address TEXT NOT NULL,
    PRIMARY KEY (network, prefix)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS kept (
    network TEXT NOT NULL,
    address TEXT NOT NULL,
    owner TEXT NOT NULL,
    PRIMARY KEY (network, address)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS kept_owner ON kept (network, owner);
`;

// One agent only: the lock is held from the first change on. A crash of the process loses nothing.
const settings = `
  PRAGMA locking_mode = EXCLUSIVE;
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  PRAGMA foreign_keys = ON;
`;

function checkWhole(doing: string, database: DatabaseSync): void {
  const row = database.prepare('PRAGMA quick_check(1)').get();
  const said = String(Object.values(row ?? {})[0]);
  if (said !== 'ok') throw corrupt(doing, said);
}

function explained(doing: string, error: unknown): PodError {
  const said = error instanceof Error ? error.message : String(error);
  if (/locked|busy/i.test(said))
    return new PodError(
      'busy',
      { doing, expected: 'to be the only agent of this node', received: 'another one that holds the file' },
      { cause: error },
    );
  if (/malformed|not a database|corrupt/i.test(said)) return corrupt(doing, said, error);
  return new PodError(
    'host',
    { doing, expected: 'a file that can be written', received: said },
    { cause: error },
  );
}

function corrupt(doing: string, said: string, cause?: unknown): PodError {
  const expected =
    'a sound SQLite file (move it away, and the agent begins anew; then restart the pods of this node, whose addresses nobody knows any more)';
  return new PodError('corrupt', { doing, expected, received: said }, { cause });
}
