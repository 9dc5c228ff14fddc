import type { Write } from './render.ts';

/** A place for text that must be finished. */
export interface Sink {
  readonly write: Write;
  readonly end: () => Promise<void>;
}

/** Shows text as it is until it fills the screen, and in a pager from then on. */
export function pagedSink(options: {
  readonly rows: number;
  readonly write: Write;
  readonly openPager: () => Promise<Sink>;
}): Sink {
  let held = '';
  let pager: Sink | undefined;
  return {
    write: async (chunk) => {
      if (pager !== undefined) return pager.write(chunk);
      held += typeof chunk === 'string' ? chunk : new TextDecoder().decode(chunk);
      if (held.split('\n').length <= options.rows) return;
      pager = await options.openPager();
      await pager.write(held);
    },
    end: () => pager?.end() ?? options.write(held),
  };
}

/** Starts the user's pager on the terminal; what it cannot show because it cannot start is written plainly. */
export async function startPager(command: string, write: Write): Promise<Sink> {
  const { spawn } = await import('node:child_process');
  const child = spawn(command, { shell: true, stdio: ['pipe', 'inherit', 'inherit'] });
  const ended = new Promise<number | null>((resolve) => {
    child.once('error', () => resolve(notFound));
    child.once('close', resolve);
  });
  child.stdin.on('error', () => undefined);
  let shown = '';
  return {
    write: async (chunk) => {
      shown += chunk;
      child.stdin.write(chunk);
    },
    end: async () => {
      child.stdin.end();
      if ((await ended) === notFound) await write(shown);
    },
  };
}

/** The exit code of a shell that has not found its command. */
const notFound = 127;
