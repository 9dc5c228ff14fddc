import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A client that speaks in bytes: it can say what no library would. */
export class RawClient implements Disposable {
  readonly #socket: Socket;
  #received = '';
  #bytes = 0;
  #closed = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#closed = true;
    });
    socket.on('data', (chunk: Buffer) => {
      this.#bytes += chunk.length;
      if (this.#received.length < KEPT) this.#received += chunk.toString('latin1');
    });
  }

  static async open(path: string): Promise<RawClient> {
    const socket = connect(path);
    const client = new RawClient(socket);
    await once(socket, 'connect');
    return client;
  }

  /** The beginning of what came back. */
  get received(): string {
    return this.#received;
  }

  /** All bytes that came back. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether the other end has ended the connection. */
  get closed(): boolean {
    return this.#closed;
  }

  send(bytes: string | Uint8Array): this {
    this.#socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
    return this;
  }

  /** Reads nothing from now on. */
  stopReading(): this {
    this.#socket.pause();
    return this;
  }

  startReading(): this {
    this.#socket.resume();
    return this;
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }
}

const KEPT = 100_000;

/** An HTTP/1.1 request of the Connect protocol that calls a method which answers with a stream. */
export function streamRequest(method: string, message: object): string {
  const json = JSON.stringify(message);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(json.length);
  const body = `\0${length.toString('latin1')}${json}`;
  return postRequest(method, 'application/connect+json', body.length) + body;
}

/** The head of an HTTP/1.1 request that announces so many bytes. */
export function postRequest(method: string, type: string, bytes: number): string {
  return `POST /${method} HTTP/1.1\r\nhost: x\r\ncontent-type: ${type}\r\ncontent-length: ${bytes}\r\n\r\n`;
}

/** What begins every HTTP/2 connection: its preface and empty settings (RFC 9113 3.4). */
export const http2Beginning = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0';
