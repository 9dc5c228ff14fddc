import assert from 'node:assert/strict';
import type { Host } from '../host.ts';
import { LabError } from '../lab-error.ts';
import type { Namespace } from '../namespace.ts';

/** What arrived. */
export interface IperfResult {
  readonly megabitsPerSecond: number;
  readonly lostPercent: number;
}

/** Sends TCP or UDP from one host to another with iperf3, as its options say, and tells what arrived. */
export async function iperf(
  from: Namespace,
  to: Pick<Host, 'ip4' | 'ip6' | 'start'>,
  options: string,
): Promise<IperfResult> {
  const address = options.includes('-6') ? to.ip6 : to.ip4;
  await using server = to.start('iperf3 -s -1 --forceflush');
  await server.said(/Server listening/);
  const output = await from.run(`iperf3 -c ${address} -J ${options}`);
  return readResult(JSON.parse(output));
}

/** Has TCP carry data until it is there; where much has to be sent again it crawls. @throws AssertionError */
export async function assertFlows(
  from: Namespace,
  to: Pick<Host, 'ip4' | 'ip6' | 'start'>,
  options: string,
): Promise<void> {
  const { megabitsPerSecond } = await iperf(from, to, options);
  assert.ok(megabitsPerSecond > CRAWL, `iperf3 ${options}: ${megabitsPerSecond} Mbit/s`);
}

/** Mbit/s: a busy machine is faster, and TCP that waits for a timeout (RFC 6298: 1 s, here 0.2) for each segment or two is not. */
const CRAWL = 0.5;

/** Does something while a flow is on its way, and waits for both, however they end. @throws what the work throws, then the flow */
export async function during(flow: Promise<IperfResult>, work: () => Promise<void>): Promise<IperfResult> {
  const [worked] = await Promise.allSettled([work(), flow]);
  if (worked.status === 'rejected') throw worked.reason;
  return await flow;
}

/** The part of iperf3's JSON that is looked at. */
interface IperfReport {
  readonly error?: string;
  readonly end: {
    readonly sum?: { readonly bits_per_second: number; readonly lost_percent: number };
    readonly sum_received?: { readonly bits_per_second: number };
  };
}

function readResult(report: IperfReport): IperfResult {
  assertNoError(report);
  const { end } = report;
  const bits = end.sum_received?.bits_per_second || end.sum?.bits_per_second || 0;
  return { megabitsPerSecond: bits / 1e6, lostPercent: end.sum?.lost_percent ?? 0 };
}

// With -J, old versions (3.12) end with status 0 whatever happened.
function assertNoError({ error }: IperfReport): void {
  if (error !== undefined) throw new LabError('LAB_IPERF', `iperf3: ${error}`);
}
