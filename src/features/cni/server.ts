import { chmodSync, mkdirSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { removeStaleSocket } from '../../engine/host/api/stale-socket.ts';
import { type CniAnswer, type CniMessage, readMessage, writeAnswer } from './message.ts';

/** Listens for the CNI executable on a UNIX socket that only root may use. */
export class CniServer {
  readonly #path: string;
  readonly #server: Server;
  readonly #answer: (message: CniMessage) => Promise<CniAnswer>;

  constructor(path: string, answer: (message: CniMessage) => Promise<CniAnswer>) {
    this.#path = path;
    this.#answer = answer;
    // The end of what it sends is the end of its question, not of the connection.
    this.#server = createServer({ allowHalfOpen: true }, (socket) => void this.#serve(socket));
  }

  /** Begins to listen. @throws ApiError EADDRINUSE when another agent does */
  async start(): Promise<void> {
    mkdirSync(dirname(this.#path), { recursive: true });
    await removeStaleSocket('open the socket of the agent', this.#path);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#server.once('error', reject);
    this.#server.listen(this.#path, resolve);
    await promise;
    chmodSync(this.#path, 0o600);
  }

  /** Takes no more calls, and waits for the answers to those it has. */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    await promise;
  }

  async #serve(socket: Socket): Promise<void> {
    try {
      const message = readMessage(await bytesOf(socket));
      if (message !== undefined) socket.end(writeAnswer(await this.#answer(message)));
      else socket.destroy();
    } catch {
      socket.destroy(); // a caller that has been killed gets no answer
    }
  }
}

function bytesOf(socket: Socket): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    socket.on('error', reject);
    socket.on('end', () => resolve(Buffer.concat(chunks)));
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      length += chunk.length;
      if (length > MESSAGE_MOST) reject(new RangeError(`more than ${MESSAGE_MOST} bytes`));
    });
  });
}

/** More than the executable sends. */
const MESSAGE_MOST = 4 << 20;
