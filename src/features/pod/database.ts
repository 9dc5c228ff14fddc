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
    checkWhole(doing, path, database);
    database.exec(schema);
    database.exec('COMMIT');
    return database;
  } catch (error) {
    throw error instanceof PodError ? error : explained(doing, path, error);
  }
}

/** Does something with the ledger; a failure of the database says so. @throws PodError host, corrupt */
export function withDatabase<T>(doing: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw isOfDatabase(error) ? explained(`${doing}: write the ledger`, 'the ledger', error) : error;
  }
}

function isOfDatabase(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_SQLITE_ERROR';
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

function checkWhole(doing: string, path: string, database: DatabaseSync): void {
  const row = database.prepare('PRAGMA quick_check(1)').get();
  const said = String(Object.values(row ?? {})[0]);
  if (said !== 'ok') throw corrupt(doing, path, said);
}

function explained(doing: string, path: string, error: unknown): PodError {
  const said = error instanceof Error ? error.message : String(error);
  if (/locked|busy/i.test(said))
    return new PodError(
      'busy',
      { doing, expected: 'to be the only agent of this node', received: 'another one that holds the file' },
      { cause: error },
    );
  if (/malformed|not a database|corrupt/i.test(said)) return corrupt(doing, path, said, error);
  return new PodError(
    'host',
    { doing, expected: 'a file that can be written', received: said },
    { cause: error },
  );
}

/**
 * An agent that began anew by itself would take away what pods have, and give their addresses to others: somebody has to
 * say so.
 */
function corrupt(doing: string, path: string, said: string, cause?: unknown): PodError {
  const command = `mv ${path} ${path}.damaged && rm -f ${path}-wal ${path}-shm`;
  const expected = `a sound SQLite file; begin anew with: ${command} (the agent then takes all pods of this node off the network: delete them, so that they are made again)`;
  return new PodError('corrupt', { doing, expected, received: said }, { cause });
}
