import assert from 'node:assert/strict';
import type { Namespace } from '../namespace.ts';

/** Echo requests that have to be answered before something begins, and once it is done. */
const requestsAround = 40;

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
  assert.deepEqual(missing(answered(result.output), count), [], result.output);
  return result;
}

/**
 * Sends echo requests while something is done, and until they are answered afterwards; resolves to the sequence numbers
 * that were answered, as the answers came. Requests after the last of them may be on their way.
 */
export async function answeredDuring(
  host: Pick<Namespace, 'start'>,
  destination: string,
  work: () => Promise<unknown>,
  { everyMs = 10 } = {},
): Promise<readonly number[]> {
  await using pings = host.start(`ping -n -i ${everyMs / 1000} ${destination}`);
  const latest = () => answered(pings.stdout).at(-1) ?? 0;
  const reached = (sequence: number) =>
    pings.until(() => latest() >= sequence || undefined, `an answer to request ${sequence}`);
  await reached(requestsAround);
  await work();
  await reached(latest() + requestsAround);
  await pings.close('SIGINT');
  return answered(Buffer.from(pings.bytes).toString());
}

/** The same, but resolves to those before the last answered one that were not answered. */
export async function unansweredDuring(
  ...during: Parameters<typeof answeredDuring>
): Promise<readonly number[]> {
  const sequences = await answeredDuring(...during);
  return missing(sequences, sequences.at(-1) ?? 0);
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

/** The sequence numbers of the answers, as they came. */
function answered(output: string): readonly number[] {
  return [...output.matchAll(/bytes from .*icmp_seq=(\d+)/g)].map(([, sequence]) => Number(sequence));
}

/** Those of the first so many sequence numbers that are not among them. */
function missing(sequences: readonly number[], count: number): readonly number[] {
  const found = new Set(sequences);
  return Array.from({ length: count }, (_, index) => index + 1).filter((each) => !found.has(each));
}

/** The longest time between two answers, of the times at which they came. */
export function longestGap(times: readonly number[]): number {
  return Math.max(...times.slice(1).map((time, index) => time - (times[index] ?? time)));
}
