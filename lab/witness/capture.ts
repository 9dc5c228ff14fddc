import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../command.ts';
import type { Namespace } from '../namespace.ts';
import type { Program } from '../program.ts';

let files = 0;

/** Captures what passes an interface of a namespace, with tcpdump, until it is closed. */
export async function startCapture(
  place: Pick<Namespace, 'name' | 'start'>,
  device: string,
  filter = '',
): Promise<Capture> {
  files += 1;
  const file = join(tmpdir(), `${place.name}-${files}.pcap`);
  const tcpdump = place.start(
    `tcpdump -Z root -i ${device} -n -U --immediate-mode -s 9216 -B 16384 -w ${file} '${filter}'`,
  );
  await tcpdump.said(/listening on/);
  return new Capture(tcpdump, file);
}

/** Packets that tcpdump writes to a file, and what tcpdump and tshark say about them. */
export class Capture implements AsyncDisposable {
  readonly #tcpdump: Program;
  readonly file: string;

  constructor(tcpdump: Program, file: string) {
    this.#tcpdump = tcpdump;
    this.file = file;
  }

  /** Ends the capture; the file stays until the capture is closed. */
  async stop(): Promise<void> {
    await this.#tcpdump.close('SIGINT');
  }

  /** The packets so far that match a filter of tcpdump, one a line. */
  async lines(filter = ''): Promise<readonly string[]> {
    const output = await run(['sh', '-c', `tcpdump -n -r ${this.file} '${filter}' 2>/dev/null`]);
    return output.split('\n').filter(Boolean);
  }

  /** The packets so far that match a filter of tshark, which checks every checksum, one a line; `more` are options of it. */
  async dissected(
    filter: string,
    fields: readonly string[] = [],
    more: readonly string[] = [],
  ): Promise<readonly string[]> {
    const options = checksums.flatMap((name) => ['-o', `${name}:TRUE`]).concat(more);
    const shown = fields.length === 0 ? [] : ['-T', 'fields', ...fields.flatMap((field) => ['-e', field])];
    const output = await run(['tshark', '-n', '-r', this.file, ...options, '-Y', filter, ...shown]);
    // tshark writes flags as True and False from 4.2 on.
    const flags = output.replace(/\bTrue\b/g, '1').replace(/\bFalse\b/g, '0');
    return (shown.length > 0 ? flags : output).split('\n').filter(Boolean);
  }

  /** The packets in which tshark finds a wrong checksum or a malformed header up to that of TCP, one a line. */
  faulty(): Promise<readonly string[]> {
    return this.dissected(faults, [], asBytes);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    rmSync(this.file, { force: true });
  }
}

// What random bytes and ports resemble (a login to SQL Server, a line of IRC) tshark would call malformed.
const asBytes = ['-d', 'tcp.port==1-65535,data'];
const checksums = ['ip.check_checksum', 'tcp.check_checksum', 'udp.check_checksum'];
// Linux itself writes 0xffff where a TCP checksum is zero (skb_checksum_help); tshark calls that bad.
const faults = ['ip', 'tcp', 'udp', 'icmp', 'icmpv6']
  .map((layer) => `(${layer}.checksum.status == "Bad" && !(tcp.checksum == 0xffff))`)
  .concat('_ws.malformed')
  .join(' || ');
