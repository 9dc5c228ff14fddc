import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { atExit } from '../lab/at-exit.ts';

/** A temporary directory, removed with all its files; its path is short, for the sockets in it. */
export class Workspace implements Disposable {
  readonly path: string;
  readonly #forget: () => void;

  constructor() {
    this.path = mkdtempSync(join(tmpdir(), 'mr-bench-'));
    this.#forget = atExit(() => this.#remove());
  }

  file(name: string): string {
    return join(this.path, name);
  }

  close(): void {
    this.#remove();
    this.#forget();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
