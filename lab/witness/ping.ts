import assert from 'node:assert/strict';
import type { Namespace } from '../namespace.ts';

/** What ping has counted. */
export interface PingResult {
  readonly sent: number;
  readonly received: number;
  readonly output: string;
}

/**
 * Sends echo requests with the ping of Linux, and asserts that every one is answered, within seconds: without a
 * deadline ping waits two round trips for the last answer, which is too short where others have the CPUs. Until all
 * are answered it goes on sending, and those do not count.
 */
export async function assertPings(
  host: Pick<Namespace, 'attempt'>,
  destination: string,
  options = '',
): Promise<PingResult> {
  const result = await ping(host, destination, `${options} -w 5`);
  const count = Number(/-c (\d+)/.exec(options)?.[1] ?? 3);
  const answered = new Set(
    [...result.output.matchAll(/bytes from .*icmp_seq=(\d+)/g)].map(([, sequence]) => Number(sequence)),
  );
  const missing = Array.from({ length: count }, (_, index) => index + 1).filter(
    (each) => !answered.has(each),
  );
  assert.deepEqual(missing, [], result.output);
  return result;
}

/** Sends echo requests and asserts that none is answered; resolves to what ping said. */
export async function assertNoPing(
  host: Pick<Namespace, 'attempt'>,
  destination: string,
  options = '',
): Promise<string> {
  const { received, output } = await ping(host, destination, options);
  assert.equal(received, 0, output);
  return output;
}

/** Sends three echo requests, or as the options say. */
export async function ping(
  host: Pick<Namespace, 'attempt'>,
  destination: string,
  options = '',
): Promise<PingResult> {
  const { stdout, stderr } = await host.attempt(`ping -n -c 3 -i 0.1 -W 1 ${options} ${destination}`);
  const counts = /(\d+) packets transmitted, (\d+) received/.exec(stdout);
  assert.ok(counts, `expected counts from ping, got ${stdout}${stderr}`);
  return { sent: Number(counts[1]), received: Number(counts[2]), output: stdout };
}
