/** One message of a stream in the Connect protocol; the last one carries the outcome. */
export interface Envelope {
  readonly isLast: boolean;
  readonly text: string;
}

// flags (1 byte), length (4 bytes, big-endian), message
const headerSize = 5;
const lastFlag = 0b10;

/** Wraps a message for a stream. */
export function wrap(text: string): Buffer {
  const size = Buffer.byteLength(text);
  const envelope = Buffer.alloc(headerSize + size);
  envelope.writeUInt32BE(size, 1);
  envelope.write(text, headerSize);
  return envelope;
}

/** Takes the messages out of a stream of bytes. */
export async function* unwrap(chunks: AsyncIterable<Buffer>): AsyncGenerator<Envelope> {
  let pending: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    while (isComplete(pending)) {
      const end = headerSize + pending.readUInt32BE(1);
      yield {
        isLast: (pending.readUInt8(0) & lastFlag) !== 0,
        text: pending.toString('utf8', headerSize, end),
      };
      pending = pending.subarray(end);
    }
  }
}

function isComplete(bytes: Buffer): boolean {
  return bytes.length >= headerSize && bytes.length >= headerSize + bytes.readUInt32BE(1);
}
