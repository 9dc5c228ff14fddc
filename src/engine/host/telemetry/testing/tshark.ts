import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Lets tshark read a capture file; gives the fields of each packet as texts. */
export function tshark(file: Uint8Array, fields: readonly string[]): string[][] {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-capture-'));
  const path = join(folder, 'capture.pcapng'); // tshark refuses a socket as its standard input
  try {
    writeFileSync(path, file);
    const options = fields.flatMap((field) => ['-e', field]);
    const text = execFileSync('tshark', ['-r', path, '-T', 'fields', '-E', 'separator=|', ...options], {
      stdio: ['ignore', 'pipe', 'ignore'],
      maxBuffer: 64 << 20,
    });
    const lines = text.toString().split('\n').slice(0, -1);
    return lines.map((line) => line.split('|'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
