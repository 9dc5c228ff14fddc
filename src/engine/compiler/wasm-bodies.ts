/** Gives where each function's body lies in a module, in bytes (WebAssembly core specification 5.5.13). */
export function codeBodies(module: Uint8Array): readonly { readonly start: number; readonly end: number }[] {
  const reader = new Reader(module, HEADER_BYTES);
  while (!reader.atEnd) {
    const id = reader.byte();
    const bytes = reader.unsigned();
    if (id === CODE_SECTION) return readBodies(reader);
    reader.at += bytes;
  }
  return [];
}

function readBodies(reader: Reader): { start: number; end: number }[] {
  const count = reader.unsigned();
  return Array.from({ length: count }, () => {
    const bytes = reader.unsigned();
    const start = reader.at;
    reader.at += bytes;
    return { start, end: reader.at };
  });
}

const HEADER_BYTES = 8;
const CODE_SECTION = 10;

class Reader {
  readonly #bytes: Uint8Array;
  at: number;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.at = at;
  }

  get atEnd(): boolean {
    return this.at >= this.#bytes.length;
  }

  byte(): number {
    const value = this.#bytes[this.at++];
    if (value === undefined) throw new Error('the module ends in the middle of a section');
    return value;
  }

  /** An unsigned LEB128 number (5.2.2). */
  unsigned(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  }
}
