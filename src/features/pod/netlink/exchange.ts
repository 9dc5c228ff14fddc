import { existsSync } from 'node:fs';
import { getSystemErrorMap } from 'node:util';
import { type NetlinkStep, netlinkExchange } from '../../../engine/host/netlink.ts';
import { PodError } from '../pod-error.ts';
import { type NetlinkAnswer, type NetlinkMessage, readAttributes, readMessages, textOf } from './message.ts';

/** What is to be done: a message to the kernel, or a step on the way. */
export type Step = NetlinkMessage | Exclude<NetlinkStep, { readonly bytes: Uint8Array }>;

/** What an exchange is for. */
export interface ExchangeOptions {
  readonly doing: string;
  /** Names of errors that say that all is as it shall be. */
  readonly fine?: readonly string[];
}

/** What the kernel did not do. */
interface Refusal {
  readonly code: number;
  /** More words, where the kernel has them. */
  readonly says: string;
}

/** Has the kernel do one thing after another until it refuses one. @throws PodError unknown where a namespace is gone, host */
export async function exchange(
  steps: readonly Step[],
  { doing, fine = [] }: ExchangeOptions,
): Promise<readonly NetlinkAnswer[]> {
  const answers = await talk(doing, steps);
  const ends = answers.flatMap((answer) => endOf(answer) ?? []);
  const at = ends.findIndex(({ code }) => code !== 0 && !fine.includes(nameOf(code)));
  if (at < 0) return answers;
  const asked = steps.flatMap((step) => ('asks' in step ? step.asks : []));
  const expected = `the host to take "ip ${asked[at]}"`;
  throw new PodError('host', { doing, expected, received: wordsOf(ends[at]) });
}

async function talk(doing: string, steps: readonly Step[]): Promise<readonly NetlinkAnswer[]> {
  try {
    return [...readMessages(await netlinkExchange(steps))];
  } catch (cause) {
    for (const step of steps)
      if ('enter' in step && !existsSync(step.enter)) throw noNamespace(doing, step.enter);
    const received = cause instanceof Error ? cause.message : String(cause);
    throw new PodError('host', { doing, expected: 'the kernel to answer', received }, { cause });
  }
}

/** The failure that a container without a network namespace is. */
export function noNamespace(doing: string, netns: string): PodError {
  return new PodError('unknown', { doing, expected: `a network namespace at ${netns}`, received: 'none' });
}

const ERROR = 2;
const DONE = 3;
/** With NETLINK_CAP_ACK only the header of what was asked comes back. */
const REPEATED_BYTES = 16;
const ERROR_TEXT = 1;

/** The end of one answer: zero where all went well. */
function endOf({ type, body }: NetlinkAnswer): Refusal | undefined {
  if (type !== ERROR && type !== DONE) return undefined;
  const code = body.length >= 4 ? body.readInt32LE(0) : 0;
  const says =
    type === ERROR ? textOf(readAttributes(body.subarray(4 + REPEATED_BYTES)).get(ERROR_TEXT)) : '';
  return { code, says };
}

function wordsOf({ code, says }: Refusal = { code: 0, says: '' }): string {
  const [, meaning] = getSystemErrorMap().get(code) ?? [];
  return [nameOf(code), meaning, says].filter((word) => word).join(': ');
}

function nameOf(code: number): string {
  return getSystemErrorMap().get(code)?.[0] ?? String(code);
}
