import type { Socket } from 'node:net';

/** The protocol that a client speaks. */
export type HttpVersion = 'http1' | 'http2';

/** Looks at the first bytes of a connection without taking them; closes it when they do not come in time. */
export function sniffHttpVersion(
  socket: Socket,
  patienceMs: number,
  onKnown: (version: HttpVersion) => void,
): void {
  let head: Buffer = Buffer.alloc(0);
  const onReadable = () => {
    const chunk: unknown = socket.read();
    if (!(chunk instanceof Buffer)) return;
    head = head.length === 0 ? chunk : Buffer.concat([head, chunk]);
    const version = versionOf(head);
    if (version === undefined) return;
    socket.off('readable', onReadable);
    socket.setTimeout(0);
    socket.off('timeout', onTimeout);
    socket.unshift(head);
    onKnown(version);
  };
  const onTimeout = () => socket.destroy();
  socket.setTimeout(patienceMs);
  socket.on('timeout', onTimeout);
  socket.on('readable', onReadable);
}

// No HTTP/1 method begins with PRI, which RFC 9113 3.4 chose for that reason.
const preface = Buffer.from('PRI');

function versionOf(head: Buffer): HttpVersion | undefined {
  const length = Math.min(head.length, preface.length);
  if (!head.subarray(0, length).equals(preface.subarray(0, length))) return 'http1';
  return length === preface.length ? 'http2' : undefined;
}
