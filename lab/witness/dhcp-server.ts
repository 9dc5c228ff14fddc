import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Host } from '../host.ts';
import type { Program } from '../program.ts';

/** Dnsmasq as the DHCP server of a host's link; what it has given outlives it, until the directory is closed. */
export class DhcpServer implements AsyncDisposable {
  readonly #host: Host;
  readonly #directory = mkdtempSync(join(tmpdir(), `mr-${process.pid}-dhcp-`));
  #program: Program | undefined;

  constructor(host: Host) {
    this.#host = host;
  }

  /** Starts it with a range of addresses and more of its options, in place of the one that runs. */
  async start(range: string, options = ''): Promise<void> {
    await this.stop();
    const own = `--interface=${this.#host.device} --bind-interfaces --dhcp-range=${range},120`;
    const files = `--dhcp-leasefile=${join(this.#directory, 'leases')} --pid-file= --conf-file=/dev/null`;
    const quick = '--port=0 --no-ping --dhcp-authoritative --log-dhcp --log-facility=- --user=root';
    this.#program = this.#host.start(`dnsmasq --keep-in-foreground ${own} ${files} ${quick} ${options}`);
    await this.#program.said(/DHCP, IP range/);
  }

  /** What it has written, and so what it has heard and said. */
  get log(): string {
    return this.#program?.stderr ?? '';
  }

  async stop(): Promise<void> {
    await this.#program?.close();
    this.#program = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
