import type { Readable, Writable } from 'node:stream';
import type { Write } from './render.ts';

/** The streams of a program, handed in so that tests can hold the other ends. */
export interface CliStreams {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly rows?: number };
  readonly stderr: Writable;
  /** Calls the listener at each Ctrl-C until the returned function is called. */
  readonly onInterrupt?: OnInterrupt;
}

export type OnInterrupt = (listener: () => void) => () => void;

/** Says that nobody reads the output any more, as after `| head`. */
export class OutputClosed extends Error {
  override readonly name = 'OutputClosed';
  readonly code = 'EPIPE';
}

/** Gives the function that writes to a stream and waits until the chunk is taken. */
export function writerTo(stream: Writable): Write {
  stream.on('error', () => undefined);
  return (chunk) =>
    new Promise((resolve, reject) => {
      if (chunk.length === 0) return resolve();
      stream.write(chunk, (error) => (error ? reject(closedOr(error)) : resolve()));
    });
}

function closedOr(error: Error): Error {
  const isClosed = 'code' in error && (error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED');
  return isClosed ? new OutputClosed('nobody reads the output', { cause: error }) : error;
}
